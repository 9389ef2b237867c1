#include "block/s3/credentials.h"

#include <utility>

#include "base/log.h"

namespace tarn::block::s3 {
namespace {

/// Between attempts to renew what is still valid.
constexpr int64_t kRetrySeconds = 30;

}  // namespace

CredentialCache::CredentialCache(std::unique_ptr<CredentialSource> source, Clock& clock,
                                 int64_t window_seconds)
    : source_(std::move(source)), clock_(clock), window_seconds_(window_seconds) {}

bool CredentialCache::IsValidFor(int64_t seconds) const {
  return current_ && (!current_->expires_seconds ||
                      clock_.Now().seconds + seconds < *current_->expires_seconds);
}

Result<std::shared_ptr<const Credentials>> CredentialCache::Get() {
  MutexLock lock(mutex_);
  for (;;) {
    if (IsValidFor(window_seconds_)) return current_;
    const bool usable = IsValidFor(0);
    if (usable && (is_renewing_ || clock_.Now().seconds < next_attempt_seconds_)) return current_;
    if (!is_renewing_) break;
    renewed_.Wait(lock);
  }
  is_renewing_ = true;
  lock.Unlock();
  auto fetched = source_->Fetch();
  lock.Lock();
  is_renewing_ = false;
  renewed_.NotifyAll();
  if (fetched.ok() && *fetched) {
    current_ = std::make_shared<const Credentials>(**std::move(fetched));
    // Keys that come with less time than the window are no reason to ask with each request.
    next_attempt_seconds_ = clock_.Now().seconds + kRetrySeconds;
    return current_;
  }
  Status failure = fetched.ok()
                       ? Status(Code::kUnauthenticated, "no credentials for the object store found")
                       : std::move(fetched).status();
  if (!IsValidFor(0)) return failure;
  next_attempt_seconds_ = clock_.Now().seconds + kRetrySeconds;
  TARN_LOG_WARN("credentials were not renewed: {}", failure.message());
  return current_;
}

void CredentialCache::Drop(const std::shared_ptr<const Credentials>& refused) {
  const MutexLock lock(mutex_);
  if (current_ == refused) current_.reset();
}

}  // namespace tarn::block::s3
