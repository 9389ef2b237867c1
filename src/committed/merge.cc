// Merge of two trees over their base (docs/formats/merge.md).
#include <utility>

#include "committed/store_impl.h"
#include "committed/three_way.h"

namespace tarn::committed {

Result<MetarangeId> Store::Merge(const StorageNamespace& ns, const MetarangeId& base,
                                 const MetarangeId& source, const MetarangeId& destination,
                                 MergeStrategy strategy) {
  if (destination == base) return source;
  if (source == base || source == destination) {
    if (destination.empty()) return impl_->StoredEmptyTree(ns);
    return destination;
  }
  TARN_TRY_ASSIGN(auto base_ranges, impl_->Ranges(ns, base));
  TARN_TRY_ASSIGN(auto base_cursor, impl_->Cursor(ns, base));
  TARN_TRY_ASSIGN(auto source_cursor, impl_->Cursor(ns, source));
  TARN_TRY_ASSIGN(auto destination_cursor, impl_->Cursor(ns, destination));
  TreeWriter out = impl_->Writer(ns);
  out.Hold();  // a conflict should leave no files behind
  ThreeWayMerge merge(*base_ranges, *base_cursor, *source_cursor, *destination_cursor, strategy,
                      out);
  TARN_TRY(merge.Run());
  return out.Close();
}

}  // namespace tarn::committed
