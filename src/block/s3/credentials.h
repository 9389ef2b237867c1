// With what requests to S3 are signed: keys that may expire, and the places they come from.
//
// A cache in front of a source renews keys before they expire, one thread at a time, while others
// go on with what they have. Keys never appear in messages. Level 3; the cache is thread-safe, a
// source is called by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"

namespace tarn::block::s3 {

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;               ///< Empty: of a lasting key.
  std::optional<int64_t> expires_seconds;  ///< Unix time; nothing: never.
};

class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// Keys as they are at the moment, or nothing where this source is not set up. May wait. A
  /// failure says which source it was.
  virtual Result<std::optional<Credentials>> Fetch() = 0;
};

class CredentialCache {
 public:
  /// Renews what expires within `window_seconds`. The clock outlives the cache.
  CredentialCache(std::unique_ptr<CredentialSource> source, Clock& clock, int64_t window_seconds);

  /// Keys to sign with. kUnauthenticated where no source has any; else the source's failure, as
  /// long as there are none that are still valid.
  Result<std::shared_ptr<const Credentials>> Get();
  /// The store did not accept these any more: the next call gets new ones.
  void Drop(const std::shared_ptr<const Credentials>& refused);

 private:
  bool IsValidFor(int64_t seconds) const TARN_REQUIRES(mutex_);

  const std::unique_ptr<CredentialSource> source_;  // used by the thread that is renewing
  Clock& clock_;
  const int64_t window_seconds_;
  Mutex mutex_;
  CondVar renewed_;
  std::shared_ptr<const Credentials> current_ TARN_GUARDED_BY(mutex_);  // signs in many threads
  bool is_renewing_ TARN_GUARDED_BY(mutex_) = false;
  int64_t next_attempt_seconds_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::block::s3
