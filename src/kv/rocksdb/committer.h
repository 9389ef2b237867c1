// Group commit: one thread turns all waiting writes into one batch and one fsync. Level 3, inside
// the driver; Commit is thread-safe.
//
// Conditions are judged by that thread alone, against the database plus the writes that go before
// in the same batch, so compare-and-set is exact without locks. A write is answered after the
// fsync, and so is a lost condition, because what it lost to may be in the same batch. The thread
// sleeps when nothing waits; each writer sleeps on its own futex.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/parker.h"
#include "base/result.h"
#include "base/sync.h"
#include "kv/rocksdb/database.h"
#include "kv/store.h"

namespace tarn::kv::rocks {

/// One write, on the stack of the thread that waits for it.
struct Write {
  enum class Kind : uint8_t {
    kSet,
    kDelete,
    kDrop,
    kNothing,  ///< Only asks for the database to be opened again, should it be closed.
  };
  Kind kind = Kind::kSet;
  std::string_view key;                  ///< Physical key; of a drop: where the range begins.
  std::string_view value;                ///< Of a drop: where the range ends.
  const Predicate* predicate = nullptr;  ///< Null: unconditional.

  // The committer's.
  Status status;
  size_t hash = 0;
  bool judged_by_batch = false;  ///< The condition was lost to a write of the same batch.
  Parker done;
};

class Committer {
 public:
  /// `database` outlives it.
  explicit Committer(Database& database);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Waits until the write is durable or refused.
  Status Commit(Write& write);
  /// The same for many; each says in its status what became of it.
  void CommitMany(std::span<Write* const> writes);
  /// Finishes what waits; no Commit may come any more. The error that writes are refused with, if
  /// they are.
  Status Stop();

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  size_t FillGroup(const std::vector<Write*>& queue, size_t begin);
  void CommitGroup();
  void AddGroupToBatch();
  void AddToBatch(Write& write);
  void AddDrop(const Write& write);
  bool ConditionHolds(Write& write);
  void Remember(Write& write);
  const Write* Earlier(const Write& write) const;
  Status CheckUsable();
  Status WriteBatch();
  void FlushAfterManyDeletes();

  Database& database_;
  const ::rocksdb::WriteOptions write_options_;
  const ::rocksdb::ReadOptions read_options_;

  Mutex mutex_;
  CondVar work_;
  std::vector<Write*> queue_ TARN_GUARDED_BY(mutex_);
  bool idle_ TARN_GUARDED_BY(mutex_) = false;
  bool stop_ TARN_GUARDED_BY(mutex_) = false;

  // Of the thread alone.
  std::vector<Write*> group_;
  std::vector<const Write*> latest_;  ///< Hash table: last write of each key in the batch.
  ::rocksdb::WriteBatch batch_;
  ::rocksdb::PinnableSlice found_;
  Status failure_;              ///< Why the database takes no writes, or OK.
  Clock::time_point retry_at_;  ///< Not before this is it opened again.
  size_t deletes_since_flush_ = 0;
  std::thread thread_;
};

}  // namespace tarn::kv::rocks
