#include "auth/policy_cache.h"

#include <utility>
#include <vector>

#include "base/blocking.h"

namespace tarn::auth {

Result<std::shared_ptr<const UserPolicies>> PolicyCache::PoliciesOf(const User& user) {
  const int64_t now_ms = clock_.MonotonicMs();
  uint64_t generation = 0;
  {
    const ReaderLock lock(mutex_);
    const auto found = entries_.find(user.username);
    if (found != entries_.end() && found->second.user_created == user.created &&
        now_ms < found->second.known_until_ms) {
      return found->second.policies;
    }
    generation = generation_;
  }
  // A scan on a thread that must not wait gives what is in memory, which may be without a denial.
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(std::vector<StoredPolicy> stored, directory_.PoliciesOf(user));
  std::vector<Policy> policies;
  policies.reserve(stored.size());
  for (StoredPolicy& policy : stored) policies.push_back(std::move(policy.policy));
  auto compiled = std::make_shared<const UserPolicies>(policies, user.username);
  const WriterLock lock(mutex_);
  if (generation == generation_) {
    if (entries_.size() >= kEntriesMax) entries_.clear();
    entries_[user.username] = {user.created, compiled, now_ms + cache_ms_};
  }
  return std::shared_ptr<const UserPolicies>(std::move(compiled));
}

void PolicyCache::Clear() {
  const WriterLock lock(mutex_);
  entries_.clear();
  ++generation_;
}

}  // namespace tarn::auth
