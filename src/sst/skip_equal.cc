#include "sst/skip_equal.h"

#include <typeinfo>

#include "sst/table_iterator.h"

namespace tarn::sst {
namespace {

/// True if the blocks have the same stored bytes, hence the same records.
Result<bool> Equal(StoreIterator& a, const IndexCursor& at_a, StoreIterator& b,
                   const IndexCursor& at_b) {
  if (at_a.handle().size != at_b.handle().size) return false;
  TARN_TRY_ASSIGN(const std::string_view stored_a, a.read_ahead().Stored(at_a.handle()));
  TARN_TRY_ASSIGN(const std::string_view stored_b, b.read_ahead().Stored(at_b.handle()));
  return stored_a == stored_b;
}

}  // namespace

Result<bool> SkipEqualBlocks(TableIterator& a, TableIterator& b) {
  if (typeid(a) != typeid(StoreIterator) || typeid(b) != typeid(StoreIterator)) return false;
  auto& left = static_cast<StoreIterator&>(a);
  auto& right = static_cast<StoreIterator&>(b);
  if (!left.at_block_start() || !right.at_block_start()) return false;
  IndexCursor at_left = left.index(), at_right = right.index();
  bool moved = false;
  while (at_left.valid() && at_right.valid()) {
    TARN_TRY_ASSIGN(const bool equal, Equal(left, at_left, right, at_right));
    if (!equal) break;
    TARN_TRY(at_left.Next());
    TARN_TRY(at_right.Next());
    moved = true;
  }
  if (!moved) return false;
  TARN_TRY(left.MoveTo(at_left));
  TARN_TRY(right.MoveTo(at_right));
  return true;
}

}  // namespace tarn::sst
