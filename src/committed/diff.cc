#include <utility>

#include "committed/diff_iterator.h"
#include "committed/store_impl.h"

namespace tarn::committed {

Status TwoWayDiff::Seek(std::string_view target) {
  valid_ = false;
  TARN_TRY(left_->SeekRange(target));
  TARN_TRY(right_->SeekRange(target));
  // Also when the target lies amid equal ranges: a later page of a diff must not open them.
  TARN_TRY(SkipEqualRanges());
  for (TreeCursor* side : {left_.get(), right_.get()}) {
    if (side->Valid() && side->key() < target) TARN_TRY(side->EnterAt(target));
  }
  return Find();
}

Status TwoWayDiff::Next() {
  valid_ = false;
  const DiffKind kind = value_.kind;
  if (kind != DiffKind::kAdded) TARN_TRY(left_->Next());
  if (kind != DiffKind::kRemoved) TARN_TRY(right_->Next());
  return Find();
}

Status TwoWayDiff::Find() {
  for (bool shown = false; !shown;) {
    TARN_TRY(SkipEqualRanges());
    if ((!left_->Valid() && !right_->Valid()) || PastEnd()) return {};
    TARN_TRY_ASSIGN(shown, Show());
  }
  valid_ = true;
  return {};
}

/// True if neither side has a key before the end.
bool TwoWayDiff::PastEnd() const {
  if (end_.empty()) return false;
  return (!left_->Valid() || left_->key() >= end_) && (!right_->Valid() || right_->key() >= end_);
}

/// Shows the difference at the smaller key. If there is none yet, moves on and returns false.
Result<bool> TwoWayDiff::Show() {
  int order = 0;
  if (!left_->Valid() || !right_->Valid()) {
    order = left_->Valid() ? -1 : 1;
  } else {
    order = left_->key().compare(right_->key());
  }
  for (TreeCursor* side : {left_.get(), right_.get()}) {
    const bool reached = order == 0 || (order < 0) == (side == left_.get());
    if (!reached || !side->at_head()) continue;
    TARN_TRY(side->Enter());
    return false;
  }
  if (order < 0) {
    value_ = {DiffKind::kRemoved, left_->value(), {}};
  } else if (order > 0) {
    value_ = {DiffKind::kAdded, {}, right_->value()};
  } else if (left_->value().identity != right_->value().identity) {
    value_ = {DiffKind::kChanged, left_->value(), right_->value()};
  } else {
    TARN_TRY(PassEqual());
    return false;
  }
  return true;
}

/// Both sides stand on equal records.
Status TwoWayDiff::PassEqual() {
  TARN_TRY_ASSIGN(const bool skipped, left_->SkipEqualBlocks(*right_));
  if (skipped) return {};
  TARN_TRY(left_->Next());
  return right_->Next();
}

Status TwoWayDiff::SkipEqualRanges() {
  while (left_->Valid() && right_->Valid() && left_->at_head() && right_->at_head() &&
         left_->range().id == right_->range().id) {
    TARN_TRY(left_->SkipRange());
    TARN_TRY(right_->SkipRange());
  }
  return {};
}

Status MergeDiff::Seek(std::string_view target) {
  valid_ = false;
  TARN_TRY(changes_->Seek(target));
  // The destination is searched from the first change on, not from the target.
  TARN_TRY(destination_->SeekRange(changes_->Valid() ? changes_->key() : target));
  return Find();
}

Status MergeDiff::Next() {
  valid_ = false;
  TARN_TRY(changes_->Next());
  return Find();
}

Status MergeDiff::Find() {
  while (changes_->Valid()) {
    TARN_TRY_ASSIGN(ValueView destination, DestinationAt(changes_->key()));
    if (Show(changes_->value(), destination)) {
      valid_ = true;
      return {};
    }
    TARN_TRY(changes_->Next());
  }
  return {};
}

/// The destination's value of `key`; a tombstone if it has none.
Result<ValueView> MergeDiff::DestinationAt(std::string_view key) {
  TARN_TRY(destination_->SeekForward(key));
  return destination_->StandsOn(key) ? destination_->value() : ValueView();
}

/// Sets value_ to what `change` (left: base, right: source) does to the destination's value; false
/// if it does nothing there.
bool MergeDiff::Show(const DiffValue& change, const ValueView& destination) {
  // Tombstones have the empty identity, so "both absent" is one of the equal cases.
  if (destination.identity == change.right.identity) return false;
  const bool untouched = destination.identity == change.left.identity;
  value_ = {untouched ? change.kind : DiffKind::kConflict, destination, change.right};
  return true;
}

Result<std::unique_ptr<DiffIterator>> Store::Diff(const StorageNamespace& ns,
                                                  const MetarangeId& left, const MetarangeId& right,
                                                  std::string_view end) {
  TARN_TRY_ASSIGN(auto left_cursor, impl_->Cursor(ns, left));
  TARN_TRY_ASSIGN(auto right_cursor, impl_->Cursor(ns, right));
  return std::unique_ptr<DiffIterator>(
      std::make_unique<TwoWayDiff>(std::move(left_cursor), std::move(right_cursor), end));
}

Result<std::unique_ptr<DiffIterator>> Store::MergeDiff(const StorageNamespace& ns,
                                                       const MetarangeId& base,
                                                       const MetarangeId& source,
                                                       const MetarangeId& destination) {
  TARN_TRY_ASSIGN(auto base_cursor, impl_->Cursor(ns, base));
  TARN_TRY_ASSIGN(auto source_cursor, impl_->Cursor(ns, source));
  TARN_TRY_ASSIGN(auto destination_cursor, impl_->Cursor(ns, destination));
  auto changes = std::make_unique<TwoWayDiff>(std::move(base_cursor), std::move(source_cursor));
  return std::unique_ptr<DiffIterator>(
      std::make_unique<class MergeDiff>(std::move(changes), std::move(destination_cursor)));
}

}  // namespace tarn::committed
