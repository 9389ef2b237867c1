#include "block/s3/client.h"

#include <algorithm>

#include "base/blocking.h"
#include "base/log.h"
#include "block/s3/failures.h"

namespace tarn::block::s3 {
namespace {

constexpr size_t kFailureBytesMax = 64 << 10;
/// Of an answer that is a document: a page of 1000 keys with 1024 bytes each, escaped thrice.
constexpr size_t kDocumentBytesMax = 8 << 20;
/// After nobody could tell a bucket's region.
constexpr int64_t kRegionRetryMs = 60'000;
constexpr std::string_view kRegionHeader = "x-amz-bucket-region";
/// Buckets that are remembered; importers choose theirs.
constexpr size_t kRegionsMax = 10'000;

http::Signer SignerOf(const http::aws::Credentials& keys, std::string_view region,
                      int64_t now_seconds) {
  return {keys.access_key_id, keys.secret_access_key, keys.session_token, region, "s3",
          now_seconds};
}

http::OutgoingRequest Prepare(const Request& request, const Endpoint& endpoint) {
  http::OutgoingRequest prepared{request.method, endpoint.path + "/", request.query,
                                 request.headers};
  prepared.path += request.place.key;
  prepared.headers.emplace_back("Host", endpoint.host);
  return prepared;
}

}  // namespace

struct Client::Attempt {
  std::unique_ptr<Answer> answer;
  std::shared_ptr<const http::aws::Credentials> keys;  // null: sent without a signature
};

Client::Client(ClientOptions options, std::unique_ptr<http::aws::CredentialSource> source,
               int64_t window_seconds, Clock& clock)
    : options_(std::move(options)),
      credentials_(std::move(source), clock, window_seconds),
      clock_(clock),
      transfers_(options_.transport) {}

Result<Client::Attempt> Client::Try(const Request& request, const std::string& region) {
  TARN_TRY_ASSIGN(const Endpoint endpoint,
                  EndpointOf(options_.endpoint, region, request.place.bucket));
  Attempt attempt;
  TARN_TRY_ASSIGN(attempt.keys, credentials_.Get());
  http::OutgoingRequest prepared = Prepare(request, endpoint);
  http::SignByHeaders(SignerOf(*attempt.keys, region, clock_.Now().seconds), &prepared);
  http::TransferRequest sent;
  sent.method = request.method;
  sent.url = endpoint.server;
  sent.target = http::TargetOf(prepared);
  sent.headers = std::move(prepared.headers);
  sent.has_body = !request.body.empty();
  sent.body_length = static_cast<int64_t>(request.body.size());
  sent.is_abandoned = request.is_abandoned;
  TARN_TRY_ASSIGN(attempt.answer, http::Call(transfers_, sent, request.body));
  return attempt;
}

Result<std::unique_ptr<Answer>> Client::Send(const Request& request) {
  TARN_TRY(RequireBlocking());
  for (bool is_first = true;; is_first = false) {
    TARN_TRY_ASSIGN(const std::string region, RegionOf(request.place.bucket));
    TARN_TRY_ASSIGN(Attempt attempt, Try(request, region));
    Answer& answer = *attempt.answer;
    if (options_.log_requests) {
      TARN_LOG_INFO("S3 {} of {}: status {}", request.operation, TextOf(request.place),
                    answer.status());
    }
    if (answer.is_success()) return std::move(attempt.answer);
    if (is_first && Learn(request.place.bucket, region, answer.Get(kRegionHeader))) continue;
    const auto body = answer.ReadAll(kFailureBytesMax);
    // What was cut off may have named a reason that its status does not tell ("no such bucket").
    if (body.retry() == Retry::kLater) return body.status();
    const Failure failure = ReadFailure(answer.status(), body.ok() ? *body : "");
    if (IsOfExpiredKeys(failure)) credentials_.Drop(attempt.keys);
    return ToStatus(failure, request.operation, TextOf(request.place));
  }
}

Result<std::string> Client::Call(const Request& request) {
  TARN_TRY_ASSIGN(const auto answer, Send(request));
  return answer->ReadAll(kDocumentBytesMax);
}

Result<Client::Signed> Client::Presign(const Request& request, int64_t seconds) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string region, RegionOf(request.place.bucket));
  EndpointOptions where = options_.endpoint;
  if (!options_.presign_endpoint.empty()) where.url = options_.presign_endpoint;
  TARN_TRY_ASSIGN(const Endpoint endpoint, EndpointOf(where, region, request.place.bucket));
  TARN_TRY_ASSIGN(const auto keys, credentials_.Get());
  http::OutgoingRequest prepared = Prepare(request, endpoint);
  const int64_t now_seconds = clock_.Now().seconds;
  http::SignByQuery(SignerOf(*keys, region, now_seconds), seconds, &prepared);
  const int64_t expires_seconds = now_seconds + seconds;
  return Signed{endpoint.server + http::TargetOf(prepared),
                std::min(expires_seconds, keys->expires_seconds.value_or(expires_seconds))};
}

Result<std::string> Client::RegionOf(std::string_view bucket) {
  if (!options_.discover_regions) return options_.region;
  MutexLock lock(mutex_);
  for (;;) {
    const auto found = regions_.find(bucket);
    if (found == regions_.end()) break;
    const Region& region = found->second;
    if (region.is_known) {
      if (region.ask_again_ms < 0 || clock_.MonotonicMs() < region.ask_again_ms) {
        return region.name;
      }
      break;
    }
    region_known_.Wait(lock);
  }
  if (regions_.size() >= kRegionsMax) {
    std::erase_if(regions_, [](const auto& entry) { return entry.second.is_known; });
  }
  regions_[std::string(bucket)] = {};
  lock.Unlock();
  Region region = AskForRegion(bucket);
  lock.Lock();
  region_known_.NotifyAll();
  return (regions_[std::string(bucket)] = std::move(region)).name;
}

/// Whatever the status, the answer tells the region: without a signature it is mostly a refusal.
Client::Region Client::AskForRegion(std::string_view bucket) {
  Region region{true, options_.region, clock_.MonotonicMs() + kRegionRetryMs};
  const auto answer = LookAt(bucket);
  if (!answer.ok()) {
    TARN_LOG_WARN("region of bucket {}: {}", bucket, answer.status().message());
    return region;
  }
  if (answer->status < 500) region.ask_again_ms = -1;
  if (const auto told = answer->Find(kRegionHeader); told && !told->empty()) region.name = *told;
  return region;
}

Result<std::string> Client::FindRegion(std::string_view bucket) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const http::ClientResponse answer, LookAt(bucket));
  if (const auto told = answer.Find(kRegionHeader); told && !told->empty()) {
    return std::string(*told);
  }
  return Status(answer.status < 500 ? Code::kIo : Code::kSlowDown,
                "S3 HeadBucket of " + std::string(bucket) + ": status " +
                    std::to_string(answer.status) + " without a region");
}

Result<http::ClientResponse> Client::LookAt(std::string_view bucket) {
  TARN_TRY_ASSIGN(const Endpoint endpoint, EndpointOf(options_.endpoint, options_.region, bucket));
  http::TransferRequest request;
  request.method = "HEAD";
  request.url = endpoint.server;
  request.target = http::TargetOf({request.method, endpoint.path + "/", {}, {}});
  request.headers = {{"Host", endpoint.host}};
  TARN_TRY_ASSIGN(const auto transfer, transfers_.Start(std::move(request)));
  TARN_TRY(transfer->Finish());
  return transfer->answer();
}

/// Takes note of a region that a refusal named; false if it is no news.
bool Client::Learn(std::string_view bucket, const std::string& used, std::string_view told) {
  if (!options_.discover_regions || told.empty() || told == used) return false;
  const MutexLock lock(mutex_);
  regions_[std::string(bucket)] = {true, std::string(told), -1};
  return true;
}

}  // namespace tarn::block::s3
