// Merges two trees over a base into a writer; what an import does, too, with an empty base.
//
// The truth table and the rules for whole ranges are in docs/formats/merge.md. Level 5; one thread
// at a time.
#pragma once

#include <memory>
#include <optional>

#include "committed/store.h"
#include "committed/tree_cursor.h"
#include "committed/tree_writer.h"

namespace tarn::committed {

class ThreeWayMerge {
 public:
  /// Everything must outlive the merge. `base_ranges` and `base` show the same tree; `destination`
  /// may pass over removed records if the base is empty.
  ThreeWayMerge(RangeSource& base_ranges, TreeCursor& base, TreeCursor& source,
                TreeCursor& destination, MergeStrategy strategy, TreeWriter& out);

  /// Writes all records of the result; kConflict ("conflict found").
  Status Run();

 private:
  /// One of the two trees that are merged.
  struct Side {
    TreeCursor& at;
    MergeStrategy favouring;  // the strategy under which this side wins
  };
  /// What the base holds where a range lies.
  enum class BaseRange : uint8_t { kNone, kSame, kOther };

  Status Step();
  Status StepHeads();
  Status StepDisjointHeads(Side& first, Side& second);
  Status StepHeadAndKey(Side& head, Side& inside);
  Status StepKeys();
  Status StepLonely(Side& side);
  Status TakeKeyOfOne(Side& side, std::optional<std::string_view> end);
  Status TakeEqualKeys();
  Status TakeSpan(Side& side, std::string_view last);
  Status KeepRange(Side& side);
  Status WriteAndPass(Side& winner, Side& loser);
  Status WriteUndecided(std::string_view key);
  Result<BaseRange> BaseAt(const RangeInfo& range);
  Status Conflict() const { return {Code::kConflict, "conflict found"}; }

  RangeSource& base_ranges_;
  TreeCursor& base_;
  Side source_, destination_;
  const MergeStrategy strategy_;
  TreeWriter& out_;
};

}  // namespace tarn::committed
