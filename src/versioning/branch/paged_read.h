// Iterating over staged data that a commit may move while a KV fetches it page by page. Internal to
// the verbs that read. Level 6; one thread at a time.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "versioning/branch/read_view.h"

namespace tarn::versioning {

/// An owned copy of what an iterator borrows.
struct OwnedValue {
  explicit OwnedValue(const ValueView& borrowed)
      : value{std::string(borrowed.identity), std::string(borrowed.data)} {}
  ValueView view() const { return value.view(); }
  Value value;
};
struct OwnedDiff {
  explicit OwnedDiff(const committed::DiffValue& diff)
      : kind(diff.kind), left(diff.left), right(diff.right) {}
  committed::DiffValue view() const { return {kind, left.view(), right.view()}; }
  committed::DiffKind kind;
  OwnedValue left, right;
};

/// Reads a batch, asks the view whether all of it was of a branch that still is so, and reads it
/// again if not: each value shown was the branch's while the iterator lived, and what was
/// acknowledged before is among them.
template <class V, class Owned>
class PagedRead final : public AnyIterator<V> {
 public:
  /// Makes an iterator over what the view names now.
  using OpenFn = std::function<Result<AnyIteratorPtr<V>>(ReadView& view)>;

  PagedRead(ReadView view, OpenFn open) : view_(std::move(view)), open_(std::move(open)) {}

  Status Seek(std::string_view target) override {
    source_.reset();
    from_.assign(target);
    shown_ = false;
    return Fill();
  }
  Status Next() override {
    if (++at_ < batch_.size()) return Load();
    if (ended_) return Load();
    from_ = std::move(batch_.back().first);
    shown_ = true;
    return Fill();
  }
  bool Valid() const override { return at_ < batch_.size(); }
  std::string_view key() const override { return batch_[at_].first; }
  const V& value() const override { return value_; }

 private:
  static constexpr size_t kBatch = 256;

  Status Load() {
    if (Valid()) value_ = batch_[at_].second.view();
    return Status();
  }

  Status Fill() {
    while (true) {
      batch_.clear();
      at_ = 0;
      TARN_TRY(Read());
      TARN_TRY_ASSIGN(const bool replaced, view_.Refresh());
      if (!replaced) return Load();
      source_.reset();
    }
  }

  Status Read() {
    if (source_ == nullptr) {
      TARN_TRY_ASSIGN(source_, open_(view_));
      TARN_TRY(source_->Seek(from_));
      if (shown_ && source_->Valid() && source_->key() == from_) TARN_TRY(source_->Next());
    }
    while (source_->Valid() && batch_.size() < kBatch) {
      batch_.emplace_back(source_->key(), Owned(source_->value()));
      TARN_TRY(source_->Next());
    }
    ended_ = !source_->Valid();
    return Status();
  }

  ReadView view_;
  const OpenFn open_;
  AnyIteratorPtr<V> source_;
  std::string from_;    // Where the batch began.
  bool shown_ = false;  // The key `from_` itself was shown.
  std::vector<std::pair<std::string, Owned>> batch_;
  size_t at_ = 0;
  bool ended_ = true;
  V value_;
};

}  // namespace tarn::versioning
