#include "versioning/state.h"

#include "base/sync.h"

namespace tarn::versioning {

BranchLocks::Hold::Hold(BranchLocks& locks, std::string key) : locks_(locks), key_(std::move(key)) {
  MutexLock lock(locks_.mutex_);
  const Deadline end(kWaitMs);
  while (locks_.held_.contains(key_)) {
    if (!locks_.released_.WaitFor(lock, end.RemainingMs())) break;
  }
  if (locks_.held_.contains(key_)) return;
  held_ = true;
  locks_.held_.insert(key_);
}

BranchLocks::Hold::~Hold() {
  if (!held_) return;
  {
    MutexLock lock(locks_.mutex_);
    locks_.held_.erase(key_);
  }
  locks_.released_.NotifyAll();
}

Result<ProtectionCache::Rules> ProtectionCache::Get(const std::string& partition, int64_t now_ms,
                                                    const std::function<Result<Rules>()>& load) {
  {
    MutexLock lock(mutex_);
    const auto it = kept_.find(partition);
    if (it != kept_.end() && now_ms - it->second.loaded_ms < kKeptMs) return it->second.rules;
  }
  TARN_TRY_ASSIGN(Rules rules, load());
  MutexLock lock(mutex_);
  if (kept_.size() >= kEntriesMax) kept_.clear();
  kept_[partition] = {rules, now_ms};
  return rules;
}

void ProtectionCache::Forget(const std::string& partition) {
  MutexLock lock(mutex_);
  kept_.erase(partition);
}

}  // namespace tarn::versioning
