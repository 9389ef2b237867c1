#include "kv/dynamodb/client.h"

#include <utility>

#include "base/blocking.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "http/answer.h"
#include "http/outgoing_signature.h"
#include "kv/dynamodb/failures.h"

namespace tarn::kv::dynamodb {
namespace {

/// A page holds 1 MiB, which base64 and names of attributes make larger.
constexpr size_t kAnswerBytesMax = 32 << 20;
constexpr std::string_view kTarget = "DynamoDB_20120810.";
constexpr std::string_view kContentType = "application/x-amz-json-1.0";

/// Of what did not come to an answer.
Status Unanswered(Status failure, std::string_view operation) {
  if (failure.code() != Code::kSlowDown) return failure;
  return Status(Code::kIo,
                "DynamoDB " + std::string(operation) + ": " + std::string(failure.message()))
      .WithRetry(Retry::kLater);
}

/// Without keys. Not kUnauthenticated: that would be about the one who asks us.
Status Unsigned(const Status& failure) {
  return Status(Code::kIo, "DynamoDB: " + std::string(failure.message()))
      .WithRetry(failure.retry());
}

}  // namespace

struct Client::Answer {
  int status = 0;
  std::string body;
};

/// One of the connections at the same time.
class Client::Place {
 public:
  explicit Place(Client& client) : client_(client) {
    if (client_.options_.connections_max == 0) return;
    MutexLock lock(client_.mutex_);
    while (client_.places_taken_ >= client_.options_.connections_max) {
      client_.place_left_.Wait(lock);
    }
    ++client_.places_taken_;
  }
  ~Place() {
    if (client_.options_.connections_max == 0) return;
    const MutexLock lock(client_.mutex_);
    --client_.places_taken_;
    client_.place_left_.NotifyOne();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Client& client_;
};

Client::Client(ClientOptions options, std::unique_ptr<http::aws::CredentialSource> source,
               int64_t credential_window_seconds, Clock& clock)
    : options_(std::move(options)),
      credentials_(std::move(source), clock, credential_window_seconds),
      clock_(clock),
      transfers_(options_.transport) {}

Result<Json> Client::Call(std::string_view operation, std::string_view body, bool* in_doubt) {
  TARN_TRY(RequireBlocking());
  auto keys = credentials_.Get();
  if (!keys.ok()) return Unsigned(keys.status());
  bool is_sent = false;
  auto answer = Exchange(operation, body, **keys, &is_sent);
  const auto note_doubt = [&] {
    if (in_doubt != nullptr && is_sent) *in_doubt = true;
  };
  if (!answer.ok()) {
    note_doubt();
    return Unanswered(std::move(answer).status(), operation);
  }
  if (answer->status != 200) {
    const http::Failure failure = ReadFailure(answer->status, answer->body);
    if (!IsRefusal(failure)) note_doubt();
    if (IsOfExpiredKeys(failure)) credentials_.Drop(*keys);
    return ToStatus(failure, operation, options_.table);
  }
  auto document = ParseJson(answer->body, {.trailing = JsonTrailing::kRefuse});
  if (document.ok() && document->is_object()) return document;
  note_doubt();
  return Status(Code::kIo, "DynamoDB " + std::string(operation) + ": the answer is no JSON object");
}

Result<Client::Answer> Client::Exchange(std::string_view operation, std::string_view body,
                                        const http::aws::Credentials& keys, bool* is_sent) {
  const Place place(*this);
  TARN_TRY_ASSIGN(const auto answer,
                  http::Call(transfers_, Prepare(operation, body, keys), body, is_sent));
  TARN_TRY_ASSIGN(std::string text, answer->ReadAll(kAnswerBytesMax));
  return Answer{answer->status(), std::move(text)};
}

http::TransferRequest Client::Prepare(std::string_view operation, std::string_view body,
                                      const http::aws::Credentials& keys) const {
  http::OutgoingRequest request{"POST",
                                options_.endpoint.path,
                                {},
                                {{"Host", options_.endpoint.host},
                                 {"Content-Type", std::string(kContentType)},
                                 {"X-Amz-Target", std::string(kTarget).append(operation)}},
                                ToHex(AsView(Sha256(body)))};
  http::SignByHeaders({keys.access_key_id, keys.secret_access_key, keys.session_token,
                       options_.region, "dynamodb", clock_.Now().seconds},
                      &request);
  http::TransferRequest sent;
  sent.method = request.method;
  sent.url = options_.endpoint.server;
  sent.target = http::TargetOf(request);
  sent.headers = std::move(request.headers);
  sent.has_body = true;
  sent.body_length = static_cast<int64_t>(body.size());
  return sent;
}

}  // namespace tarn::kv::dynamodb
