// Differences of two trees, read as far as they are asked for; equal ranges are passed over by id
// without being opened.
//
// The tables that say what is shown are in docs/formats/merge.md. Level 5; one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "committed/store.h"
#include "committed/tree_cursor.h"

namespace tarn::committed {

/// What changed from `left` to `right`: kAdded, kRemoved, kChanged. Ends before the key `end`, if
/// that is not empty.
class TwoWayDiff final : public DiffIterator {
 public:
  TwoWayDiff(std::unique_ptr<TreeCursor> left, std::unique_ptr<TreeCursor> right,
             std::string_view end = {})
      : left_(std::move(left)), right_(std::move(right)), end_(end) {}

  Status Seek(std::string_view target) override;
  Status Next() override;
  bool Valid() const override { return valid_; }
  std::string_view key() const override {
    return value_.kind == DiffKind::kAdded ? right_->key() : left_->key();
  }
  const DiffValue& value() const override { return value_; }

 private:
  Status Find();
  Result<bool> Show();
  Status PassEqual();
  Status SkipEqualRanges();

  bool PastEnd() const;

  std::unique_ptr<TreeCursor> left_, right_;
  const std::string end_;
  DiffValue value_;
  bool valid_ = false;
};

/// What a merge would change in `destination`: the changes from base to source that are not in the
/// destination yet, kConflict where the destination changed the key otherwise.
class MergeDiff final : public DiffIterator {
 public:
  MergeDiff(std::unique_ptr<TwoWayDiff> changes, std::unique_ptr<TreeCursor> destination)
      : changes_(std::move(changes)), destination_(std::move(destination)) {}

  Status Seek(std::string_view target) override;
  Status Next() override;
  bool Valid() const override { return valid_; }
  std::string_view key() const override { return changes_->key(); }
  const DiffValue& value() const override { return value_; }

 private:
  Status Find();
  Result<ValueView> DestinationAt(std::string_view key);
  bool Show(const DiffValue& change, const ValueView& destination);

  std::unique_ptr<TwoWayDiff> changes_;  // from base to source
  std::unique_ptr<TreeCursor> destination_;
  DiffValue value_;
  bool valid_ = false;
};

}  // namespace tarn::committed
