#include "block/azure/client.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/blocking.h"
#include "block/azure/answers.h"
#include "block/azure/failures.h"
#include "codec/url.h"
#include "http/http_date.h"
#include "http/outgoing_signature.h"

namespace tarn::block::azure {
namespace {

constexpr size_t kFailureBytesMax = 64 << 10;
/// Of an answer that is a document: a page of 5000 blobs with names of 1024 characters, or a list
/// of 50,000 blocks.
constexpr size_t kDocumentBytesMax = 32 << 20;
constexpr int64_t kTokenWindowSeconds = 300;
/// Keys to sign URLs with are used for half an hour, and are valid for one more than the URLs.
constexpr int64_t kDelegationRestSeconds = 3600, kDelegationUseSeconds = 1800;
/// Clocks differ.
constexpr int64_t kSkewSeconds = 300;
/// Accounts whose keys are remembered.
constexpr size_t kAccountsMax = 5000;
constexpr int kUnauthorizedStatus = 401;

/// The path of a request, escaped.
std::string PathOf(const Endpoint& endpoint, const Place& place) {
  std::string path = endpoint.path + "/";
  if (!place.container.empty()) path += place.container;
  if (!place.blob.empty()) path.append("/").append(place.blob);
  return http::TargetOf({"", std::move(path), {}, {}});
}

std::string WithQuery(std::string path, const Pairs& query) {
  for (const auto& [name, value] : query) {
    path += path.find('?') == std::string::npos ? '?' : '&';
    path += name + "=" + EscapeQuery(value);
  }
  return path;
}

}  // namespace

class Client::DelegationSource final : public RenewalSource<DelegationKey> {
 public:
  DelegationSource(Client& client, std::string account)
      : client_(client), account_(std::move(account)) {}

  Result<std::optional<DelegationKey>> Fetch() override {
    const int64_t now_seconds = client_.clock_.Now().seconds;
    const std::string document =
        WriteKeyInfo(now_seconds - kSkewSeconds,
                     now_seconds + client_.options_.presign_seconds + kDelegationRestSeconds);
    TARN_TRY_ASSIGN(const std::string body,
                    client_.Call({.operation = "Get User Delegation Key",
                                  .method = "POST",
                                  .place = {account_, ""},
                                  .query = {{"restype", "service"}, {"comp", "userdelegationkey"}},
                                  .headers = {{"Content-Type", "application/xml"}},
                                  .body = document}));
    TARN_TRY_ASSIGN(DelegationKey key, ReadDelegationKey(body));
    return std::optional(std::move(key));
  }

 private:
  Client& client_;
  const std::string account_;
};

Client::Client(ClientOptions options, std::unique_ptr<TokenSource> tokens, Clock& clock)
    : options_(std::move(options)),
      tokens_(std::move(tokens), clock, kTokenWindowSeconds),
      clock_(clock),
      transfers_(options_.transport) {}

Client::~Client() = default;

bool Client::HasKeyFor(std::string_view account) const {
  return !options_.key.secret.empty() && options_.key.account == account;
}

Result<std::unique_ptr<Answer>> Client::Send(const Request& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const Endpoint endpoint,
                  EndpointOf(request.place.account, options_.domain, options_.test_url));
  const std::string path = PathOf(endpoint, request.place);
  http::TransferRequest sent;
  sent.method = request.method;
  sent.url = endpoint.server;
  sent.target = WithQuery(path, request.query);
  sent.headers = request.headers;
  sent.is_abandoned = request.is_abandoned;
  sent.headers.emplace_back("Host", endpoint.host);
  sent.headers.emplace_back("x-ms-date", http::FormatHttpDate(clock_.Now().seconds));
  sent.headers.emplace_back("x-ms-version", kServiceVersion);
  // A length is wanted even of no bytes.
  sent.has_body = request.method == "PUT" || request.method == "POST";
  sent.body_length = static_cast<int64_t>(request.body.size());
  std::shared_ptr<const AccessToken> token;
  if (HasKeyFor(request.place.account)) {
    sent.headers.emplace_back("Authorization",
                              Authorization(options_.key, {request.method, path, request.query,
                                                           sent.headers, request.body.size()}));
  } else {
    if (!endpoint.is_tls()) {
      return Status(Code::kForbidden, "tokens for Azure are not sent in clear text");
    }
    TARN_TRY_ASSIGN(token, tokens_.Get());
    sent.headers.emplace_back("Authorization", "Bearer " + token->text);
  }
  // Only the head is waited for so long: a large body may take its time, as long as it comes.
  const auto has_answered = std::make_shared<std::atomic<bool>>(false);
  sent.is_abandoned = [has_answered, this,
                       deadline_ms = clock_.MonotonicMs() + options_.try_timeout_ms] {
    return !*has_answered && clock_.MonotonicMs() > deadline_ms;
  };
  auto answer = http::Call(transfers_, sent, request.body);
  *has_answered = true;
  if (answer.code() == Code::kCancelled) {
    return Status(Code::kSlowDown, "the object store did not answer in time");
  }
  TARN_TRY(answer.status());
  if ((*answer)->is_success()) return answer;
  const auto body = (*answer)->ReadAll(kFailureBytesMax);
  const std::string_view code = (*answer)->Get("x-ms-error-code");
  // What was cut off may have named a reason that its status does not tell.
  if (body.retry() == Retry::kLater && code.empty()) return body.status();
  const Failure failure = ReadFailure((*answer)->status(), code, body.ok() ? *body : "");
  if (token && failure.status == kUnauthorizedStatus) tokens_.Drop(token);
  return ToStatus(failure, request.operation, TextOf(request.place));
}

Result<std::string> Client::Call(const Request& request) {
  TARN_TRY_ASSIGN(const auto answer, Send(request));
  return answer->ReadAll(kDocumentBytesMax);
}

std::shared_ptr<Client::DelegationKeys> Client::DelegationOf(std::string_view account) {
  const MutexLock lock(mutex_);
  const auto found = delegations_.find(account);
  if (found != delegations_.end()) return found->second;
  if (delegations_.size() >= kAccountsMax) delegations_.clear();
  auto keys = std::make_shared<DelegationKeys>(
      std::make_unique<DelegationSource>(*this, std::string(account)), clock_,
      options_.presign_seconds + kDelegationRestSeconds - kDelegationUseSeconds);
  delegations_.emplace(account, keys);
  return keys;
}

Result<Client::Signed> Client::Presign(const Place& place, std::string_view permissions,
                                       std::string_view content_disposition) {
  TARN_TRY_ASSIGN(const Endpoint endpoint,
                  EndpointOf(place.account, options_.domain, options_.test_url));
  const std::string url = endpoint.server + PathOf(endpoint, place);
  SasRequest request{place, permissions, clock_.Now().seconds + options_.presign_seconds,
                     content_disposition};
  if (HasKeyFor(place.account)) {
    return Signed{WithQuery(url, SignAccess(request, options_.key)), request.expires_seconds};
  }
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const auto key, DelegationOf(place.account)->Get());
  request.expires_seconds =
      std::min(request.expires_seconds, key->expires_seconds.value_or(request.expires_seconds));
  return Signed{WithQuery(url, SignAccess(request, *key)), request.expires_seconds};
}

}  // namespace tarn::block::azure
