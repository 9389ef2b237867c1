// A batch of an import: some objects of a walk on their way to records, done by whichever thread
// comes first. Level 6.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "block/object_store.h"
#include "codec/value.h"
#include "runtime/shared_task.h"
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

/// What was read of a batch.
struct ReadBatch {
  Status status;
  RecordBatch records;
};

/// Reads one batch on the first thread that asks. Shared by the import and the queue of a pool.
using BatchTask = runtime::SharedTask<ReadBatch>;

/// Of records that `read` makes, unless the import has ended before.
std::shared_ptr<BatchTask> MakeBatchTask(std::shared_ptr<JobSignals> signals,
                                         std::function<Status(RecordBatch*)> read);

}  // namespace tarn::versioning
