// Writes a tree from records and whole ranges given in key order: records are cut into ranges by
// the break rule, a whole range ends the one that is open and is kept by its id.
//
// Tables are stored by a few jobs at a time when there is a pool, so that a wait for the disk is
// not paid once per range. A writer that is destroyed before Close leaves at most unreferenced
// tables behind. Level 5; one thread at a time. Source of the rules: docs/formats/range.md.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "committed/range_source.h"
#include "committed/table_uploads.h"
#include "committed/tree_cursor.h"
#include "sst/break_rule.h"
#include "sst/table_writer.h"

namespace tarn::committed {

class TreeWriter {
 public:
  using Properties = std::map<std::string, std::string>;

  /// `extra_properties` go into every table. `tables`, `rule` and a pool must outlive the writer.
  TreeWriter(sst::TableStore& tables, const StorageNamespace& ns, const sst::BreakRule& rule,
             UploadOptions uploads, Properties extra_properties = {});

  /// Appends a record. kInvalidValue if the key does not ascend or the value is a tombstone.
  Status WriteRecord(std::string_view key, const ValueView& value);
  /// Appends a stored range as it is. kInvalidValue if it does not lie behind all that is written.
  Status WriteRange(const RangeInfo& range);
  /// Moves the records of `from` (which is inside a range) below `limit`, up to the end of that
  /// range; without a limit, all of them.
  Status CopyRecords(TreeCursor& from, std::optional<std::string_view> limit);

  /// Keeps the next few tables in memory until Release or Close: work that may turn out to be for
  /// nothing should not leave files behind.
  void Hold() { uploads_.Hold(); }
  Status Release() { return uploads_.Release(); }

  /// Ends the open range and waits until everything written is durable.
  Result<RangeList> FinishRanges();
  /// FinishRanges, then writes the metarange, durable.
  Result<MetarangeId> Close();

 private:
  Status OpenTable(std::string_view first_key);
  Status CloseTable();

  const sst::BreakRule& rule_;
  Properties properties_;
  TableUploads uploads_;
  std::optional<sst::TableWriter> table_;  // the open range
  RangeList ranges_;                       // finished ones
};

}  // namespace tarn::committed
