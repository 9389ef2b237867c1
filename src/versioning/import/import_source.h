// One sorted stream of import records: a prefix location, or all object locations together.
//
// Lists on the thread that asks for records, reads batches on the workers (and on that thread while
// it would wait), a bounded number ahead. Level 6; one thread at a time.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/worker_pool.h"
#include "versioning/import/import_batch.h"

namespace tarn::versioning {

class ImportSource {
 public:
  /// Batches of about a millisecond each: enough to keep workers busy while a range is stored.
  static constexpr size_t kBatchesAhead = 48;

  /// Makes the next batch to read; null at the end.
  using ListFn = std::function<Result<std::shared_ptr<BatchTask>>()>;

  /// `rank` decides between sources with one key: the higher wins. No key of the source sorts
  /// before `first`.
  ImportSource(runtime::WorkerPool& workers, ListFn list, std::string first, size_t rank)
      : workers_(workers), list_(std::move(list)), first_(std::move(first)), rank_(rank) {}
  /// Waits for batches that are being read.
  ~ImportSource();
  ImportSource(const ImportSource&) = delete;
  ImportSource& operator=(const ImportSource&) = delete;

  /// Begins to list and to read, without waiting.
  Status Start() { return Fill(); }
  /// Moves to the next record (first: to the first one); false at the end.
  Result<bool> Next();

  const std::string& first() const { return first_; }
  size_t rank() const { return rank_; }
  std::string_view key() const { return batches_.front()->result().records.key(at_); }
  ValueView value() const { return batches_.front()->result().records.value(at_); }

 private:
  Status Fill();
  void AwaitFront();

  runtime::WorkerPool& workers_;
  const ListFn list_;
  const std::string first_;
  const size_t rank_;
  std::deque<std::shared_ptr<BatchTask>> batches_;  // the front one is being handed out
  size_t at_ = 0;                                   // record in the front batch
  bool entered_ = false;                            // the front batch is done and `at_` counts
  bool listed_all_ = false;
};

}  // namespace tarn::versioning
