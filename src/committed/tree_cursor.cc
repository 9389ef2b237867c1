#include "committed/tree_cursor.h"

#include <utility>

#include "sst/skip_equal.h"

namespace tarn::committed {
namespace {

/// A target this many records ahead is reached faster by steps than by a search.
constexpr int kStepsBeforeSearch = 4;

}  // namespace

Status TreeCursor::Seek(std::string_view target) {
  const bool within = state_ == State::kInside && range().min_key <= target &&
                      target <= std::string_view(range().max_key);
  if (within) {
    state_ = State::kEnd;
    TARN_TRY(table_->Seek(target));
    return Settle();
  }
  TARN_TRY(SeekRange(target));
  if (Valid() && std::string_view(range().min_key) < target) return EnterAt(target);
  return {};
}

Status TreeCursor::SeekRange(std::string_view target) {
  state_ = State::kEnd;
  TARN_TRY(ranges_->Seek(target));
  return SettleHead();
}

Status TreeCursor::SeekForward(std::string_view target) {
  for (int step = 0; state_ == State::kInside && step < kStepsBeforeSearch; ++step) {
    if (table_->key() >= target) return {};
    TARN_TRY(Next());
  }
  if (Valid() && key() < target) TARN_TRY(Seek(target));
  while (Valid() && at_head() && key() == target) TARN_TRY(Enter());
  return {};
}

Status TreeCursor::EnterAt(std::string_view target) {
  state_ = State::kEnd;
  TARN_TRY_ASSIGN(table_, tables_.Iterate(ns_, range().id.view()));
  TARN_TRY(table_->Seek(target));
  return Settle();
}

Status TreeCursor::Next() {
  state_ = State::kEnd;
  TARN_TRY(table_->Next());
  return Settle();
}

Status TreeCursor::SkipRange() {
  state_ = State::kEnd;
  TARN_TRY(ranges_->Next());
  return SettleHead();
}

Result<bool> TreeCursor::SkipEqualBlocks(TreeCursor& other) {
  if (removed_ != nullptr || other.removed_ != nullptr) return false;
  state_ = other.state_ = State::kEnd;
  TARN_TRY_ASSIGN(const bool skipped, sst::SkipEqualBlocks(*table_, *other.table_));
  TARN_TRY(Settle());
  TARN_TRY(other.Settle());
  return skipped;
}

std::optional<std::string_view> TreeCursor::CopyLimit() const {
  if (removed_ == nullptr) return std::nullopt;
  return removed_->NextBegin(table_->key());
}

Status TreeCursor::SettleHead() {
  while (ranges_->Valid() && removed_ != nullptr &&
         removed_->Covers(range().min_key, range().max_key)) {
    TARN_TRY(ranges_->Next());
  }
  if (ranges_->Valid()) state_ = State::kHead;
  return {};
}

Status TreeCursor::Settle() {
  state_ = State::kEnd;
  while (table_->Valid()) {
    const RemovedKeys::Interval* removed =
        removed_ != nullptr ? removed_->Holding(table_->key()) : nullptr;
    if (removed == nullptr) {
      state_ = State::kInside;
      return {};
    }
    if (!removed->end) return {};  // nothing that follows is left
    TARN_TRY(table_->Seek(*removed->end));
  }
  TARN_TRY(ranges_->Next());
  return SettleHead();
}

}  // namespace tarn::committed
