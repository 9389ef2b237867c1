// All records of an import in key order: its sources merged, one record per key.
//
// On one key a prefix location beats an object location, and then the later location the earlier.
// Prefix locations are opened in the order of their destinations and only a few ahead, so that an
// import of thousands of locations holds few directories open. Level 6; one thread at a time.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "block/object_store.h"
#include "committed/store.h"
#include "versioning/import/import.h"
#include "versioning/import/import_source.h"

namespace tarn::versioning {

class ImportStream : public committed::Changes {
 public:
  /// References outlive the stream.
  ImportStream(block::ObjectStore& objects, runtime::WorkerPool& workers,
               const std::vector<ImportLocation>& locations, std::shared_ptr<JobSignals> signals);
  ~ImportStream() override;

  /// Only to the first record, once.
  Status Seek(std::string_view target) override;
  Status Next() override;
  bool Valid() const override { return current_ != nullptr; }
  std::string_view key() const override { return current_->key(); }
  const ValueView& value() const override { return value_; }

  /// What ended the stream early, if something did: a failure to list or to read.
  const Status& failure() const { return failure_; }

 private:
  using SourcePtr = std::unique_ptr<ImportSource>;
  SourcePtr MakePrefixSource(const ImportLocation& location, size_t rank);
  void AddObjects(std::vector<const ImportLocation*> locations);
  Status Move();
  Status StartSome();
  Status Admit();
  Status Advance(SourcePtr source);
  SourcePtr PopTop();

  block::ObjectStore& objects_;
  runtime::WorkerPool& workers_;
  const std::shared_ptr<JobSignals> signals_;  // shared with batches in the pool's queue
  std::deque<SourcePtr> waiting_;              // by first key: not started
  std::deque<SourcePtr> started_;              // by first key: read ahead, no record taken yet
  std::vector<SourcePtr> active_;              // a heap by key
  SourcePtr current_;                          // holds the current record
  ValueView value_;
  Status failure_;
  bool sought_ = false;
};

/// The key prefix that a prefix location's records have.
std::string DestinationPrefix(const ImportLocation& location);

}  // namespace tarn::versioning
