#include "versioning/state.h"

#include <chrono>

namespace tarn::versioning {

BranchLocks::Hold::Hold(BranchLocks& locks, std::string key) : locks_(locks), key_(std::move(key)) {
  std::unique_lock lock(locks_.mutex_);
  held_ = locks_.released_.wait_for(lock, std::chrono::milliseconds(kWaitMs),
                                    [&] { return !locks_.held_.contains(key_); });
  if (held_) locks_.held_.insert(key_);
}

BranchLocks::Hold::~Hold() {
  if (!held_) return;
  {
    std::lock_guard lock(locks_.mutex_);
    locks_.held_.erase(key_);
  }
  locks_.released_.notify_all();
}

Result<ProtectionCache::Rules> ProtectionCache::Get(const std::string& partition, int64_t now_ms,
                                                    const std::function<Result<Rules>()>& load) {
  {
    std::lock_guard lock(mutex_);
    const auto it = kept_.find(partition);
    if (it != kept_.end() && now_ms - it->second.loaded_ms < kKeptMs) return it->second.rules;
  }
  TARN_TRY_ASSIGN(Rules rules, load());
  std::lock_guard lock(mutex_);
  if (kept_.size() >= kEntriesMax) kept_.clear();
  kept_[partition] = {rules, now_ms};
  return rules;
}

void ProtectionCache::Forget(const std::string& partition) {
  std::lock_guard lock(mutex_);
  kept_.erase(partition);
}

}  // namespace tarn::versioning
