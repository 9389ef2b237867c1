#include "hooks/lua/modules/remote.h"

#include <algorithm>

#include "base/clock.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "http/outgoing_signature.h"

namespace tarn::hooks::lua {
namespace {

constexpr int64_t kTimeoutMs = 30'000;
constexpr std::string_view kDefaultRegion = "us-east-1";

}  // namespace

Result<Network::Answer> Send(Call& call, Network::Request request) {
  Host& host = call.host();
  request.timeout_ms = std::clamp<int64_t>(host.WallLeftMs(), 1, kTimeoutMs);
  request.body_bytes_max = host.script().limits.memory_bytes;
  return host.script().network->Do(request, [&host] { return host.MustStop(); });
}

Result<Network::Answer> SendSigned(Call& call, const AwsClient& client, AwsRequest request) {
  http::OutgoingRequest signed_request{.method = std::string(request.method),
                                       .path = request.path,
                                       .query = std::move(request.query),
                                       .headers = std::move(request.headers),
                                       .payload_hash = ToHex(AsView(Sha256(request.body)))};
  signed_request.headers.emplace_back("Host", request.base.substr(request.base.find("//") + 2));
  http::SignByHeaders({.access_key_id = client.access_key_id,
                       .secret_access_key = client.secret_access_key,
                       .session_token = {},
                       .region = client.region,
                       .service = request.service,
                       .now_seconds = SystemClock().Now().seconds},
                      &signed_request);
  Network::Request plain{.method = signed_request.method,
                         .url = request.base + http::TargetOf(signed_request),
                         .headers = {},
                         .body = std::move(request.body)};
  plain.has_body = request.method == "PUT" || request.method == "POST";
  for (auto& header : signed_request.headers) {
    if (header.first != "Host") plain.headers.push_back(std::move(header));
  }
  return Send(call, std::move(plain));
}

Result<std::vector<std::string>> ReadAwsClient(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view secret, call.Text(2));
  TARN_TRY_ASSIGN(std::string_view region, call.TextOr(3, kDefaultRegion));
  TARN_TRY_ASSIGN(std::string_view endpoint, call.TextOr(4, ""));
  if (region.empty()) region = kDefaultRegion;
  while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
  return std::vector<std::string>{std::string(key), std::string(secret), std::string(region),
                                  std::string(endpoint)};
}

}  // namespace tarn::hooks::lua
