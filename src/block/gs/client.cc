#include "block/gs/client.h"

#include <utility>

#include "base/blocking.h"
#include "block/gs/failures.h"
#include "codec/url.h"

namespace tarn::block::gs {
namespace {

constexpr size_t kFailureBytesMax = 64 << 10;
/// Of an answer that is a document: a page of 1000 names with 1024 bytes each, escaped.
constexpr size_t kDocumentBytesMax = 16 << 20;
/// So long before their end tokens are renewed: metadata servers keep one for nearly as long.
constexpr int64_t kTokenWindowSeconds = 225;
constexpr int kUnauthorizedStatus = 401;

bool HasBody(const Request& request) { return request.method == "PUT" || request.method == "POST"; }

}  // namespace

Result<Endpoint> EndpointOf(std::string_view text) {
  std::string url(text.empty() ? kCloudUrl : text);
  if (url.find("://") == std::string::npos) url = "http://" + url;
  const auto uri = ParseRequestUri(url);
  if (!uri.ok() || (uri->scheme != "http" && uri->scheme != "https") || uri->host.empty() ||
      !(uri->path.empty() || uri->path == "/")) {
    return Status(Code::kInvalidValue, "endpoint of the object store is no http or https URL");
  }
  return Endpoint{uri->scheme + "://" + uri->host, uri->host};
}

Client::Client(Endpoint endpoint, const http::ClientOptions& transport,
               std::unique_ptr<TokenSource> tokens, Clock& clock)
    : endpoint_(std::move(endpoint)),
      tokens_(std::move(tokens), clock, kTokenWindowSeconds),
      transfers_(transport) {}

Result<std::unique_ptr<Answer>> Client::Try(const Request& request, const Token& token) {
  http::TransferRequest sent;
  sent.method = request.method;
  sent.url = endpoint_.server;
  sent.target = WithQuery(request.path, request.query);
  sent.headers = request.headers;
  sent.is_abandoned = request.is_abandoned;
  sent.headers.emplace_back("Host", endpoint_.host);
  if (!token.value.empty()) sent.headers.emplace_back("Authorization", "Bearer " + token.value);
  sent.has_body = HasBody(request);
  int64_t length = 0;
  for (const std::string_view piece : request.body) length += static_cast<int64_t>(piece.size());
  sent.body_length = length;
  return http::Call(transfers_, sent, std::span(request.body));
}

Result<std::unique_ptr<Answer>> Client::Send(const Request& request) {
  TARN_TRY(RequireBlocking());
  for (bool is_first = true;; is_first = false) {
    TARN_TRY_ASSIGN(const auto token, tokens_.Get());
    TARN_TRY_ASSIGN(auto answer, Try(request, *token));
    const int status = answer->status();
    if (answer->is_success() || status == request.answered_by) return answer;
    const auto body = answer->ReadAll(kFailureBytesMax);
    if (status == kUnauthorizedStatus) {
      tokens_.Drop(token);
      if (is_first && !token->value.empty()) continue;
    }
    // What was cut off may have named a reason that its status does not tell ("no such bucket").
    if (body.retry() == Retry::kLater) return body.status();
    return ToStatus(ReadFailure(status, body.ok() ? *body : ""), request.operation,
                    TextOf(request.place));
  }
}

Result<std::string> Client::Call(const Request& request) {
  TARN_TRY_ASSIGN(const auto answer, Send(request));
  return answer->ReadAll(kDocumentBytesMax);
}

}  // namespace tarn::block::gs
