// Inner parts of TableWriter, shared by table_writer.cc (records) and table_copy.cc (whole blocks).
// Level 4; private to sst.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/digest.h"
#include "sst/block.h"
#include "sst/block_builder.h"
#include "sst/format.h"
#include "sst/resume.h"
#include "sst/table_writer.h"

namespace tarn::sst {

class IndexCursor;
class StoreIterator;

/// Appends the part of a range id's preimage that one record contributes.
void AppendRecordPreimage(std::string* out, std::string_view key, std::string_view stored_value);

class TableWriter::Impl {
 public:
  Impl(TableType type, std::map<std::string, std::string> extra_properties);

  Status Add(std::string_view key, ValueView value);
  Status AddStored(std::string_view key, std::string_view stored_value);
  /// `key_checked`: the key is known not to break.
  bool BreaksAfterLast(const BreakRule& rule, bool key_checked);
  Result<CopyEnd> CopyFrom(TableIterator& from, std::optional<std::string_view> limit,
                           const BreakRule& rule);
  Result<Table> Finish();

  uint64_t estimated_size() const {
    return file_.size() + data_.EstimatedSize() + index_.EstimatedSize();
  }
  uint64_t count() const { return totals_.records; }

 private:
  struct FinishedIndexBlock {
    std::string last_key, raw;
  };

  /// Ends the data block with the index key `separator`.
  void FlushDataBlock(std::string separator);
  /// Enters a block that lies at the end of the file so far, but for its trailer.
  void AddIndexEntry(std::string_view separator, BlockHandle handle);
  /// To be called after each finished data block.
  void SaveResumePoint();
  void CloseIndexBlock();
  /// Writes index blocks; the handle of the top one.
  BlockHandle WriteIndex();
  BlockHandle WriteProperties(const Table& table, uint64_t data_bytes);

  /// Counts `records` records as asked about `rule`; call after they are in totals_.
  void NoteRuleAsked(const BreakRule& rule, uint64_t records);

  // table_copy.cc
  /// Copies block by block up to the one that reaches the limit; kLimit: `from` stands at the
  /// beginning of that one.
  Result<CopyEnd> CopyBlocks(StoreIterator& from, std::optional<std::string_view> limit,
                             const BreakRule& rule);
  /// Copies the records of one block up to one at which `rule` breaks; the cursor of that, if any.
  Result<BlockCursor> CopyRecords(const Block& block, const std::string& file,
                                  const BreakRule& rule, bool keys_checked);
  /// Copies the blocks before the last usable resume point; moves `at` past them.
  Status CopyKnownPrefix(StoreIterator& from, std::optional<std::string_view> limit,
                         const BreakRule& rule, IndexCursor* at);
  /// Takes one block over if the result is what its records would make; else changes nothing.
  bool TakeBlock(std::string_view stored, const Block& raw, std::string_view separator,
                 const BreakRule& rule, bool keys_checked);

  std::map<std::string, std::string> hashed_properties_;
  std::string file_;  // Finished blocks.
  BlockBuilder data_{kDataRestartInterval};
  BlockBuilder index_{kIndexRestartInterval};
  std::vector<FinishedIndexBlock> finished_index_;
  std::string min_key_, last_key_;
  std::string stored_value_;  // Scratch of Add and CopyFrom.
  TableTotals totals_;
  Sha256Hasher hash_;
  std::string preimage_;  // Records of the open block; hashed when it ends.

  std::shared_ptr<ResumeInfo> resume_ = std::make_shared<ResumeInfo>();
  uint64_t records_asked_ = 0;  // Records after which resume_->rule was asked, without a gap.
  bool rule_known_ = true;
  uint64_t index_raw_bytes_ = 0;  // Property rocksdb.index.size.
  uint64_t top_index_bytes_ = 0;
};

}  // namespace tarn::sst
