// What the verbs remember between calls, in this process only: who is changing which branch, the
// protection rules of lately used repositories, answers of log filters. Losing it costs speed,
// never correctness. Level 6; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "base/sync.h"
#include "versioning/log/change_cache.h"

namespace tarn::versioning {

/// Lines up the commits of one branch, so that they do not redo each other's work. Advisory:
/// branches are guarded by compare-and-set, and a wait that takes too long (a hook that commits to
/// its own branch) ends without the lock. Who waits stands aside: others have its place in the
/// pool.
class BranchLocks {
 public:
  /// Holds a branch until destroyed, or nothing after a wait of kWaitMs.
  class Hold {
   public:
    Hold(BranchLocks& locks, std::string key);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    BranchLocks& locks_;
    const std::string key_;
    bool held_ = false;
  };

  static constexpr int kWaitMs = 10'000;

 private:
  /// Takes a branch if it is free, at once or within kWaitMs.
  bool Take(const std::string& key);
  bool Await(const std::string& key);

  Mutex mutex_;
  CondVar released_;
  std::set<std::string, std::less<>> held_ TARN_GUARDED_BY(mutex_);
};

struct CompiledProtection;  // protection.cc

/// Protection rules by repository instance, each kept for at most kKeptMs: no server goes longer by
/// what another one has changed. That is less than in the reference (3 to 6 s), and still more than
/// clients need that change rules and go on at once by the old ones, as they have learned there.
class ProtectionCache {
 public:
  static constexpr int64_t kKeptMs = 1000;
  static constexpr size_t kEntriesMax = 1000;
  using Rules = std::shared_ptr<const CompiledProtection>;  // shared with requests that use it

  /// The rules as loaded at most kKeptMs ago, else what `load` returns.
  Result<Rules> Get(const std::string& partition, int64_t now_ms,
                    const std::function<Result<Rules>()>& load);
  void Forget(const std::string& partition);

 private:
  struct Kept {
    Rules rules;
    int64_t loaded_ms = 0;
  };
  Mutex mutex_;
  std::unordered_map<std::string, Kept> kept_ TARN_GUARDED_BY(mutex_);
};

struct State {
  BranchLocks branch_locks;
  ProtectionCache protection;
  ChangeCache changes;
  Mutex creating;  ///< Lines up creations of repositories.
};

}  // namespace tarn::versioning
