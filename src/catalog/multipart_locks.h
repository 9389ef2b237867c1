// What the threads of one process that end uploads know of each other, and of other servers.
// Internal to catalog. Level 7; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/sync.h"
#include "catalog/multipart.h"

namespace tarn::catalog {

/// One thread of this process at a time ends or takes over an upload, so that none works in vain;
/// and since when others' claims and ended uploads are known.
class MultipartUploads::Locks {
 public:
  class Hold {
   public:
    Hold(Locks& locks, std::string id) : locks_(locks), id_(std::move(id)) {
      MutexLock lock(locks_.mutex_);
      while (!locks_.held_.insert(id_).second) locks_.released_.Wait(lock);
    }
    ~Hold() {
      MutexLock lock(locks_.mutex_);
      locks_.held_.erase(id_);
      lock.Unlock();
      locks_.released_.NotifyAll();
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Locks& locks_;
    const std::string id_;
  };

  /// True if this claim, or ended upload, was seen first so long ago.
  bool IsOld(const std::string& id, int64_t now_ms, int64_t age_ms) {
    MutexLock lock(mutex_);
    Seen& seen = seen_.try_emplace(id, Seen{now_ms, now_ms}).first->second;
    seen.last_ms = now_ms;
    return now_ms - seen.first_ms >= age_ms;
  }
  void Forget(const std::string& id) {
    MutexLock lock(mutex_);
    seen_.erase(id);
  }
  /// Forgets what was not asked about for longer than that: somebody else has removed it.
  void ForgetUnseen(int64_t now_ms, int64_t age_ms) {
    MutexLock lock(mutex_);
    std::erase_if(seen_, [&](const auto& seen) { return now_ms - seen.second.last_ms > age_ms; });
  }
  /// False at the first call.
  bool SweptBefore() {
    MutexLock lock(mutex_);
    return std::exchange(swept_, true);
  }

 private:
  struct Seen {
    int64_t first_ms = 0, last_ms = 0;
  };

  Mutex mutex_;
  CondVar released_;
  std::set<std::string> held_ TARN_GUARDED_BY(mutex_);
  std::map<std::string, Seen> seen_ TARN_GUARDED_BY(mutex_);
  bool swept_ TARN_GUARDED_BY(mutex_) = false;
};

}  // namespace tarn::catalog
