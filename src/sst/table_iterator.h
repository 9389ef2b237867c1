// The iterator of TableStore, with the block borders that TableWriter::CopyFrom needs. Level 4,
// private to sst; one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sst/block_loader.h"
#include "sst/resume.h"
#include "sst/table_store.h"

namespace tarn::sst {

/// The value of the record at `entry`, checked to be one. kCorrupt names file and offset.
Result<ValueView> ReadRecordValue(const BlockCursor& entry, const std::string& file,
                                  uint64_t block_offset);

class StoreIterator final : public TableIterator {
 public:
  /// `resume` may be null.
  StoreIterator(std::shared_ptr<const OpenTable> table, BlockLoader& loader,
                std::shared_ptr<const ResumeInfo> resume);

  Status Seek(std::string_view target) override;
  Status Next() override;
  bool Valid() const override { return valid_; }
  std::string_view key() const override { return UserKey(entry_.key()); }
  const ValueView& value() const override { return value_; }

  /// The value as stored. Requires Valid(), as all below.
  std::string_view stored_value() const { return entry_.value(); }
  bool at_block_start() const { return entry_.at_first(); }
  const IndexCursor& index() const { return index_; }
  const OpenTable& table() const { return *table_; }
  BlockLoader& loader() { return loader_; }
  ReadAhead& read_ahead() { return read_ahead_; }
  /// Null if nothing is remembered of this table.
  const ResumeInfo* resume() const { return resume_.get(); }
  /// Moves to the first record of the block at `index`, a moved copy of index(); to the end if that
  /// is there.
  Status MoveTo(const IndexCursor& index);
  /// Moves to the record after that with `key` in the block at `index`.
  Status MoveAfter(const IndexCursor& index, std::string_view key);

 private:
  Status LoadBlock();
  /// Goes on to the next block with records where entry_ is at the end of its own; then reads the
  /// record.
  Status Land();
  Status NotAscending();

  const std::shared_ptr<const OpenTable> table_;  // Shared with the cache.
  BlockLoader& loader_;
  const std::shared_ptr<const ResumeInfo> resume_;
  IndexCursor index_;
  ReadAhead read_ahead_;
  std::shared_ptr<const Block> block_;  // Shared with the cache.
  BlockCursor entry_;
  std::optional<std::string> last_key_;  // Of the blocks before, as far as they were read.
  ValueView value_;
  bool valid_ = false;
  int blocks_since_seek_ = 0;
};

}  // namespace tarn::sst
