#include "auth/remote/authorization_client.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/blocking.h"
#include "codec/url.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

constexpr size_t kIdleMax = 32;
constexpr int64_t kConnectMsMax = 5'000;
constexpr JsonLimits kDocumentLimits = {
    .bytes_max = AuthorizationClient::kAnswerBytesMax, .depth_max = 32, .values_max = 1 << 18};

struct StatusRow {
  int status;
  records::Refusal refusal;
};
constexpr StatusRow kStatuses[] = {
    {400, {Code::kInvalidRequest, "invalid request"}},
    // It is this server that may not ask.
    {401, {Code::kIo, "insufficient permissions"}},
    {409, kTaken},
    {500, {Code::kSlowDown, "internal server error"}},
    {502, {Code::kSlowDown, "internal server error"}},
    {503, {Code::kSlowDown, "internal server error"}},
    {504, {Code::kSlowDown, "internal server error"}},
};

Status Refused(int status, const RemoteCall& call) {
  if (status == 404) return call.missing.ToStatus();
  const auto* const row =
      std::find_if(std::begin(kStatuses), std::end(kStatuses),
                   [&](const StatusRow& other) { return other.status == status; });
  if (row != std::end(kStatuses)) return row->refusal.ToStatus();
  return {Code::kIo,
          fmt::format("unexpected status code - got {} expected {}", status, call.expected)};
}

http::ClientOptions OptionsOfClient() {
  return {.connect_timeout_ms = kConnectMsMax,
          .stall_timeout_ms = 0,
          .call_timeout_ms = AuthorizationClient::kCallMsMax,
          .body_bytes_max = AuthorizationClient::kAnswerBytesMax};
}

}  // namespace

std::string RemotePath(std::initializer_list<std::string_view> segments) {
  std::string path;
  for (const std::string_view segment : segments) {
    if (segment.empty()) return "";
    path += '/';
    // Whoever cleans paths must not take a name for a way up.
    if (segment.find_first_not_of('.') == std::string_view::npos) {
      for (size_t i = 0; i < segment.size(); ++i) path += "%252E";
    } else {
      path += EscapePathSegment(EscapePathSegment(segment));
    }
  }
  return path;
}

std::string RemoteQuery(std::string_view name, std::string_view value) {
  return fmt::format("{}={}", name, EscapeQuery(value));
}

AuthorizationClient::AuthorizationClient(std::string endpoint, std::string_view token)
    : endpoint_(std::move(endpoint)), authorization_(fmt::format("Bearer {}", token)) {}

// The library sends a request again whose connection was kept and broke before any answer. That is
// right for one that reads; one that changes something goes over a connection of its own.
Result<http::ClientResponse> AuthorizationClient::Exchange(const http::ClientRequest& request) {
  std::unique_ptr<http::Client> client;
  const bool reads = request.method == "GET";
  if (reads) {
    const MutexLock lock(mutex_);
    if (!idle_.empty()) {
      client = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!client) client = std::make_unique<http::Client>(OptionsOfClient());
  Result<http::ClientResponse> answer = client->Do(request);
  if (reads && answer.ok()) {
    const MutexLock lock(mutex_);
    if (idle_.size() < kIdleMax) idle_.push_back(std::move(client));
  }
  return answer;
}

Result<http::ClientResponse> AuthorizationClient::Send(const RemoteCall& call) {
  if (call.path.empty()) return call.missing.ToStatus();
  TARN_TRY(RequireBlocking());
  http::ClientRequest request;
  request.method = call.method;
  request.url = endpoint_ + call.path;
  if (!call.query.empty()) request.url.append("?").append(call.query);
  request.headers = {{"Authorization", authorization_}};
  if (!call.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = call.body;
  // Without the query, which may hold a secret.
  const std::string asked = fmt::format("{} {}{}", call.method, endpoint_, call.path);
  Result<http::ClientResponse> answer = Exchange(request);
  if (!answer.ok()) {
    const Code code = answer.code() == Code::kIo ? Code::kSlowDown : Code::kIo;
    return Status(code, std::string(answer.status().message())).With("asked", asked);
  }
  if (answer->status != call.expected) return Refused(answer->status, call).With("asked", asked);
  return answer;
}

Status AuthorizationClient::Do(const RemoteCall& call) { return Send(call).status(); }

Result<Json> AuthorizationClient::Read(const RemoteCall& call) {
  TARN_TRY_ASSIGN(const http::ClientResponse answer, Send(call));
  const std::string_view type = answer.Find("Content-Type").value_or("");
  Status failure;
  if (type.find("json") == std::string_view::npos) {
    failure = Status(Code::kIo, "the authorization server's answer is no JSON");
  } else {
    auto document = ParseJson(answer.body, kDocumentLimits);
    if (document.ok()) return document;
    failure = Status(Code::kIo, fmt::format("the authorization server's answer cannot be read: {}",
                                            document.status().message()));
  }
  return std::move(failure).With("asked",
                                 fmt::format("{} {}{}", call.method, endpoint_, call.path));
}

Status AsOutage(Status failure) {
  const Code code = failure.code();
  if (code == Code::kSlowDown || code == Code::kWouldBlock || code == Code::kIo) return failure;
  return {Code::kIo, std::string(failure.message())};
}

}  // namespace tarn::auth
