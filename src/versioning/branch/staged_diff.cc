#include "versioning/branch/staged_diff.h"

#include <optional>
#include <utility>

namespace tarn::versioning {
namespace {

using committed::DiffKind;
using committed::DiffValue;

class StagedDiffIterator final : public committed::DiffIterator {
 public:
  StagedDiffIterator(committed::Store& store, StorageNamespace storage_namespace, MetarangeId left,
                     AnyIteratorPtr<ValueView> staged,
                     std::unique_ptr<committed::DiffIterator> committed)
      : store_(store),
        namespace_(std::move(storage_namespace)),
        left_tree_(std::move(left)),
        staged_(std::move(staged)),
        committed_(std::move(committed)) {}

  Status Seek(std::string_view target) override {
    at_ = At::kEnd;
    TARN_TRY(staged_->Seek(target));
    if (committed_) TARN_TRY(committed_->Seek(target));
    return Settle();
  }

  Status Next() override {
    const At was = std::exchange(at_, At::kEnd);
    if (was == At::kCommitted) {
      TARN_TRY(committed_->Next());
    } else {
      TARN_TRY(PassStaged());
    }
    return Settle();
  }

  bool Valid() const override { return at_ != At::kEnd; }
  std::string_view key() const override {
    return at_ == At::kCommitted ? committed_->key() : staged_->key();
  }
  const DiffValue& value() const override {
    return at_ == At::kCommitted ? committed_->value() : value_;
  }

 private:
  enum class At : uint8_t { kEnd, kCommitted, kStaged };

  /// Moves past a staged key, and past the committed difference that it stands in for.
  Status PassStaged() {
    if (committed_ && committed_->Valid() && committed_->key() == staged_->key()) {
      TARN_TRY(committed_->Next());
    }
    return staged_->Next();
  }

  /// Finds the first difference at or after the sources' positions.
  Status Settle() {
    while (staged_->Valid()) {
      if (committed_ && committed_->Valid() && committed_->key() < staged_->key()) break;
      TARN_TRY_ASSIGN(const bool differs, CompareStaged());
      if (differs) {
        at_ = At::kStaged;
        return Status();
      }
      TARN_TRY(PassStaged());
    }
    if (committed_ && committed_->Valid()) at_ = At::kCommitted;
    return Status();
  }

  Result<bool> CompareStaged() {
    TARN_TRY_ASSIGN(left_, store_.Get(namespace_, left_tree_, staged_->key()));
    const ValueView left = left_ ? left_->view() : ValueView{};
    const ValueView right = staged_->value();
    if (left.identity == right.identity) return false;  // Also: absent on both sides.
    value_ = {left.is_tombstone()    ? DiffKind::kAdded
              : right.is_tombstone() ? DiffKind::kRemoved
                                     : DiffKind::kChanged,
              left, right};
    return true;
  }

  committed::Store& store_;
  const StorageNamespace namespace_;
  const MetarangeId left_tree_;
  const AnyIteratorPtr<ValueView> staged_;
  const std::unique_ptr<committed::DiffIterator> committed_;  // May be null: no difference.
  At at_ = At::kEnd;
  std::optional<sst::PinnedValue> left_;  // Keeps value_.left alive.
  DiffValue value_;                       // Of a staged key.
};

}  // namespace

Result<std::unique_ptr<committed::DiffIterator>> DiffStaged(
    Context& context, const refs::Repository& repository, const MetarangeId& left,
    std::span<const StagingToken> tokens, std::unique_ptr<committed::DiffIterator> committed) {
  TARN_TRY_ASSIGN(auto staged, context.staging.Iterate(tokens));
  return std::unique_ptr<committed::DiffIterator>(
      std::make_unique<StagedDiffIterator>(context.committed, repository.storage_namespace, left,
                                           std::move(staged), std::move(committed)));
}

}  // namespace tarn::versioning
