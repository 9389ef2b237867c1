// Walks one tree by ranges and by keys, opening a range only when told to: the tool of every
// operation that reuses or skips whole ranges.
//
// The cursor stands nowhere (before the first Seek, at the end, after an error), at the head of a
// range that it has not opened, or on a record inside one. Records that a RemovedKeys set names are
// passed over as if they were not there; a range that lies in the set is not even shown. Level 5;
// one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "codec/value.h"
#include "committed/range_source.h"
#include "committed/removed_keys.h"
#include "sst/table_store.h"

namespace tarn::committed {

class TreeCursor {
 public:
  /// `removed`, if there is one, must outlive the cursor.
  TreeCursor(sst::TableStore& tables, StorageNamespace ns, std::unique_ptr<RangeSource> ranges,
             const RemovedKeys* removed = nullptr)
      : tables_(tables), ns_(std::move(ns)), ranges_(std::move(ranges)), removed_(removed) {}

  /// To the first record with a key >= `target`, or to the head of the range that begins with it.
  Status Seek(std::string_view target);
  /// To the head of the first range that reaches `target`; it may begin before it.
  Status SeekRange(std::string_view target);
  /// To the first record with a key >= `target`, which is not before the current key; or to a head
  /// that begins after it. Cheap when it is close.
  Status SeekForward(std::string_view target);
  /// At a head: opens the range and stands on its first record; on the next head, should no record
  /// be left in it.
  Status Enter() { return EnterAt({}); }
  /// At a head: opens the range at the first record with a key >= `target`.
  Status EnterAt(std::string_view target);
  /// Inside a range: to the next record, or to the head of the next range.
  Status Next();
  /// To the head of the next range.
  Status SkipRange();
  /// Both inside ranges: passes over records that both have, as far as whole blocks of the two
  /// tables are the same from here on. False if nothing moved.
  Result<bool> SkipEqualBlocks(TreeCursor& other);

  bool Valid() const { return state_ != State::kEnd; }
  bool at_head() const { return state_ == State::kHead; }
  /// True if it stands on the record of `key`.
  bool StandsOn(std::string_view wanted) const {
    return state_ == State::kInside && table_->key() == wanted;
  }
  /// The range under the cursor.
  const RangeInfo& range() const { return ranges_->range(); }
  /// False if parts of the range are removed, so that it cannot be taken as it is.
  bool whole() const {
    return removed_ == nullptr || !removed_->Touches(range().min_key, range().max_key);
  }
  /// Key of the record; at a head the range's min_key, below which there is no record.
  std::string_view key() const {
    return at_head() ? std::string_view(range().min_key) : table_->key();
  }
  /// Inside a range: the record's value.
  const ValueView& value() const { return table_->value(); }

  /// Inside a range: its table, for TableWriter::CopyFrom. Moved() must follow a copy.
  sst::TableIterator& table() { return *table_; }
  /// The first key after the current one that a copy must not reach, or nothing.
  std::optional<std::string_view> CopyLimit() const;
  /// Finds the place of the cursor again after its table was moved forward.
  Status Moved() { return Settle(); }

 private:
  enum class State : uint8_t { kEnd, kHead, kInside };

  Status SettleHead();
  Status Settle();

  sst::TableStore& tables_;
  const StorageNamespace ns_;
  std::unique_ptr<RangeSource> ranges_;
  const RemovedKeys* removed_;
  std::unique_ptr<sst::TableIterator> table_;  // of the current range while inside
  State state_ = State::kEnd;                  // kEnd during every move: errors leave it there
};

}  // namespace tarn::committed
