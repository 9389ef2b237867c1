// What has to be shown to a remote store and may expire, keys or tokens: a cache in front of the
// source that they come from.
//
// It renews them before they expire, one thread at a time, while others go on with what they have.
// They never appear in messages. Level 0; the cache is thread-safe, a source is called by one
// thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/sync.h"

namespace tarn {

/// Between attempts to renew what is still valid.
inline constexpr int64_t kRenewRetrySeconds = 30;

template <class Value>
class RenewalSource {
 public:
  virtual ~RenewalSource() = default;
  /// What is valid at the moment, or nothing where this source is not set up. May wait. A failure
  /// says which source it was.
  virtual Result<std::optional<Value>> Fetch() = 0;
};

/// `Value` has `std::optional<int64_t> expires_seconds`: Unix time; nothing: never.
template <class Value>
class Renewed {
 public:
  /// Renews what expires within `window_seconds`. The clock outlives the cache.
  Renewed(std::unique_ptr<RenewalSource<Value>> source, Clock& clock, int64_t window_seconds)
      : source_(std::move(source)), clock_(clock), window_seconds_(window_seconds) {}

  /// What to show. kUnauthenticated where no source has any; else the source's failure, as long as
  /// there is none that is still valid.
  Result<std::shared_ptr<const Value>> Get() {
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
    // What comes with less time than the window is no reason to ask with each request.
    next_attempt_seconds_ = clock_.Now().seconds + kRenewRetrySeconds;
    if (fetched.ok() && *fetched)
      return current_ = std::make_shared<const Value>(**std::move(fetched));
    Status failure = fetched.ok()
                         ? Status(Code::kUnauthenticated, "no credentials for the store found")
                         : std::move(fetched).status();
    if (!IsValidFor(0)) return failure;
    TARN_LOG_WARN("credentials were not renewed: {}", failure.message());
    return current_;
  }
  /// The store did not accept this any more: the next call gets a new one.
  void Drop(const std::shared_ptr<const Value>& refused) {
    const MutexLock lock(mutex_);
    if (current_ == refused) current_.reset();
  }

 private:
  bool IsValidFor(int64_t seconds) const TARN_REQUIRES(mutex_) {
    return current_ && (!current_->expires_seconds ||
                        clock_.Now().seconds + seconds < *current_->expires_seconds);
  }

  const std::unique_ptr<RenewalSource<Value>> source_;  // used by the thread that is renewing
  Clock& clock_;
  const int64_t window_seconds_;
  Mutex mutex_;
  CondVar renewed_;
  std::shared_ptr<const Value> current_ TARN_GUARDED_BY(mutex_);  // used by many threads
  bool is_renewing_ TARN_GUARDED_BY(mutex_) = false;
  int64_t next_attempt_seconds_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn
