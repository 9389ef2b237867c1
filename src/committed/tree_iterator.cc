#include <utility>

#include "committed/store_impl.h"

namespace tarn::committed {
namespace {

class CursorIterator final : public TreeIterator {
 public:
  explicit CursorIterator(std::unique_ptr<TreeCursor> cursor) : cursor_(std::move(cursor)) {}

  Status Seek(std::string_view target) override {
    TARN_TRY(cursor_->Seek(target));
    return Open();
  }
  Status Next() override {
    TARN_TRY(Open());
    if (!Valid()) return {};
    TARN_TRY(cursor_->Next());
    return Open();
  }
  bool Valid() const override { return cursor_->Valid(); }
  std::string_view key() const override { return cursor_->key(); }
  const ValueView& value() const override { return cursor_->value(); }
  bool at_range_head() const override { return cursor_->at_head(); }
  const RangeInfo& range() const override { return cursor_->range(); }
  Status SkipRange() override { return cursor_->SkipRange(); }
  Status Open() override {
    while (cursor_->Valid() && cursor_->at_head()) TARN_TRY(cursor_->Enter());
    return {};
  }

 private:
  std::unique_ptr<TreeCursor> cursor_;
};

}  // namespace

Result<std::unique_ptr<TreeIterator>> Store::Iterate(const StorageNamespace& ns,
                                                     const MetarangeId& tree) {
  TARN_TRY_ASSIGN(auto cursor, impl_->Cursor(ns, tree));
  return std::unique_ptr<TreeIterator>(std::make_unique<CursorIterator>(std::move(cursor)));
}

}  // namespace tarn::committed
