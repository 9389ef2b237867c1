// Repository records in memory for a short time (Options::repository_cache_ms). Level 5;
// thread-safe.
//
// A change made by this process is seen at once: it forgets the name, and a reader that read the
// record before the change does not bring it back, because the change has moved the epoch on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/sync.h"
#include "refs/types.h"

namespace tarn::refs {

class RepositoryCache {
 public:
  RepositoryCache(Clock& clock, int64_t lifetime_ms) : clock_(clock), lifetime_ms_(lifetime_ms) {}

  std::optional<Repository> Find(const RepositoryId& id) const {
    ReaderLock lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end() || clock_.MonotonicMs() >= found->second.expires_ms) {
      return std::nullopt;
    }
    return found->second.repository;
  }
  /// When a read began: a record is as old as that, however long the read takes.
  struct Moment {
    uint64_t epoch;
    int64_t ms;
  };
  /// To be asked before the record is read that Insert then brings.
  Moment Now() const {
    const int64_t ms = clock_.MonotonicMs();
    ReaderLock lock(mutex_);
    return {epoch_, ms};
  }
  void Insert(const Repository& repository, const Moment& read) {
    WriterLock lock(mutex_);
    if (read.epoch != epoch_) return;
    // Cheap and rare: names that nobody asks for any more must not pile up.
    if (by_id_.size() >= kEntriesMax) by_id_.clear();
    by_id_.insert_or_assign(repository.id, Entry{repository, read.ms + lifetime_ms_});
  }
  void Forget(const RepositoryId& id) {
    WriterLock lock(mutex_);
    ++epoch_;
    by_id_.erase(id);
  }

 private:
  struct Entry {
    Repository repository;
    int64_t expires_ms;
  };
  static constexpr size_t kEntriesMax = 1000;
  Clock& clock_;
  const int64_t lifetime_ms_;
  mutable SharedMutex mutex_;
  uint64_t epoch_ TARN_GUARDED_BY(mutex_) = 0;
  std::unordered_map<RepositoryId, Entry> by_id_ TARN_GUARDED_BY(mutex_);
};

}  // namespace tarn::refs
