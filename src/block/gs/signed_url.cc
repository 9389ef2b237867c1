#include "block/gs/signed_url.h"

#include <array>
#include <ctime>
#include <utility>

#include "codec/digest.h"
#include "codec/hex.h"
#include "http/signature_v4.h"

namespace tarn::block::gs {
namespace {

constexpr std::string_view kAlgorithm = "GOOG4-RSA-SHA256";
constexpr std::string_view kSignedHeaders = "host";

std::string DateOf(int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[sizeof("20130524T000000Z")];
  return {text, std::strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &utc)};
}

std::string UrlOf(const Endpoint& endpoint, const std::string& path, const QueryPairs& query) {
  std::string url = endpoint.server + path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    url += std::exchange(separator, '&');
    http::AppendSignedText(&url, name, http::Slashes::kEscaped);
    url += '=';
    http::AppendSignedText(&url, value, http::Slashes::kEscaped);
  }
  return url;
}

}  // namespace

Result<std::string> SignUrl(const ServiceAccount& account, const Endpoint& endpoint,
                            const UrlRequest& request, int64_t now_seconds, int64_t seconds) {
  const std::string date = DateOf(now_seconds);
  const std::string scope = date.substr(0, 8) + "/auto/storage/goog4_request";
  const std::string path = BytesPath(request.place);
  QueryPairs query = {{"X-Goog-Algorithm", std::string(kAlgorithm)},
                      {"X-Goog-Credential", account.email + "/" + scope},
                      {"X-Goog-Date", date},
                      {"X-Goog-Expires", std::to_string(seconds)},
                      {"X-Goog-SignedHeaders", std::string(kSignedHeaders)}};
  query.insert(query.end(), request.query.begin(), request.query.end());
  const std::array<std::pair<std::string_view, std::string_view>, 1> headers = {
      {{"host", endpoint.host}}};
  const std::string canonical = http::CanonicalRequest(
      {request.method, path, query, headers, kSignedHeaders, http::kUnsignedPayload});
  std::string to_sign(kAlgorithm);
  to_sign.append("\n").append(date).append("\n").append(scope).append("\n");
  to_sign += ToHex(AsView(Sha256(canonical)));
  TARN_TRY_ASSIGN(const std::string signature, account.key.Sign(to_sign));
  query.emplace_back("X-Goog-Signature", ToHex(signature));
  return UrlOf(endpoint, path, query);
}

}  // namespace tarn::block::gs
