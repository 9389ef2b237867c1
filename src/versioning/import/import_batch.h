// A batch of an import: some objects of a walk on their way to records, done by whichever thread
// comes first. Level 6.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "block/object_store.h"
#include "codec/value.h"
#include "versioning/jobs/job.h"

namespace tarn::versioning {

/// Records in one piece of memory, in key order.
class RecordBatch {
 public:
  /// `objects` are about to be added.
  void Expect(size_t objects) { expected_ = objects; }
  /// Appends the record of an imported object under `prefix` + its relative key.
  void Add(std::string_view prefix, const block::WalkedObject& object);
  size_t size() const { return slots_.size(); }
  std::string_view key(size_t i) const {
    return std::string_view(bytes_).substr(slots_[i].start, slots_[i].key_size);
  }
  ValueView value(size_t i) const;

 private:
  struct Slot {
    size_t start = 0;  // key, identity and data follow one another
    uint32_t key_size = 0, data_size = 0;
  };
  std::string bytes_;
  std::vector<Slot> slots_;
  size_t expected_ = 0;
};

/// Reads one batch on the first thread that asks. Shared by the import and the queue of a pool.
class BatchTask {
 public:
  using ReadFn = std::function<Status(RecordBatch*)>;
  BatchTask(std::shared_ptr<JobSignals> signals, ReadFn read)
      : signals_(std::move(signals)), read_(std::move(read)) {}

  /// Reads the batch unless some thread does or did.
  bool TryRun();
  bool done() const { return state_.load(std::memory_order_acquire) == State::kDone; }
  /// Waits for the thread that reads it; it must have been started.
  void Wait();
  /// Makes sure that no thread reads it from now on.
  void Abandon();

  /// Requires done().
  const Status& status() const { return status_; }
  const RecordBatch& records() const { return records_; }

 private:
  enum class State : int { kWaiting, kRunning, kDone };
  const std::shared_ptr<JobSignals> signals_;  // shared with the import and its other batches
  ReadFn read_;
  std::atomic<State> state_ = State::kWaiting;
  Mutex mutex_;  // Held to end, so that nobody begins to wait then.
  CondVar ended_;
  Status status_;
  RecordBatch records_;
};

}  // namespace tarn::versioning
