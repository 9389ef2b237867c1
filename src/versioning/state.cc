#include "versioning/state.h"

#include "base/sync.h"
#include "runtime/worker_pool.h"

namespace tarn::versioning {

BranchLocks::Hold::Hold(BranchLocks& locks, std::string key) : locks_(locks), key_(std::move(key)) {
  held_ = locks_.Take(key_);
  if (held_) return;
  const runtime::StandAside aside(runtime::StandAside::Lane::kKeep);
  held_ = locks_.Await(key_);
}

bool BranchLocks::Take(const std::string& key) {
  const MutexLock lock(mutex_);
  return held_.insert(key).second;
}

bool BranchLocks::Await(const std::string& key) {
  MutexLock lock(mutex_);
  const Deadline end(kWaitMs);
  while (held_.contains(key)) {
    if (!released_.WaitFor(lock, end.RemainingMs())) break;
  }
  return held_.insert(key).second;
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
