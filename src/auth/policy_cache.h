// The policies of users, remembered for a while. Level 7; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "auth/authorizer.h"
#include "auth/directory.h"
#include "base/clock.h"
#include "base/sync.h"

namespace tarn::auth {

class PolicyCache : public PolicySource {
 public:
  /// Both outlive it. What another server changes is noticed `cache_ms` later at most.
  PolicyCache(Directory& directory, Clock& clock, int64_t cache_ms)
      : directory_(directory), clock_(clock), cache_ms_(cache_ms) {}

  /// kWouldBlock where they are not at hand and the thread must not wait.
  Result<std::shared_ptr<const UserPolicies>> PoliciesOf(const User& user) override;
  /// After a change: what was read before it counts no more.
  void Clear();

 private:
  static constexpr size_t kEntriesMax = 4096;
  struct Entry {
    Timestamp user_created;
    std::shared_ptr<const UserPolicies> policies;
    int64_t known_until_ms = 0;
  };

  Directory& directory_;
  Clock& clock_;
  const int64_t cache_ms_;
  SharedMutex mutex_;
  std::unordered_map<std::string, Entry> entries_ TARN_GUARDED_BY(mutex_);  // By user name.
  uint64_t generation_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::auth
