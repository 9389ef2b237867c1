// Import into a tree, from records or from a tree that holds them already (docs/formats/merge.md).
#include <utility>

#include "committed/removed_keys.h"
#include "committed/store_impl.h"
#include "committed/three_way.h"

namespace tarn::committed {

Result<MetarangeId> Store::Impl::Replace(const StorageNamespace& ns, const MetarangeId& base,
                                         const ReplaceSet& replaced,
                                         std::unique_ptr<RangeSource> imported) {
  const RemovedKeys removed(replaced.prefixes, replaced.keys);
  TreeCursor source(tables_, ns, std::move(imported));
  TARN_TRY_ASSIGN(auto destination, Cursor(ns, base, &removed));
  TARN_TRY_ASSIGN(auto no_ranges, Ranges(ns, MetarangeId()));
  TARN_TRY_ASSIGN(auto no_base, Cursor(ns, MetarangeId()));
  TreeWriter out = Writer(ns);
  ThreeWayMerge merge(*no_ranges, *no_base, source, *destination, MergeStrategy::kSourceWins, out);
  TARN_TRY(merge.Run());
  return out.Close();
}

Result<MetarangeId> Store::ReplaceAndInsert(const StorageNamespace& ns, const MetarangeId& base,
                                            const ReplaceSet& replaced, Changes& imported) {
  // The imported records are cut by themselves first, so that the same import makes the same
  // ranges wherever it goes.
  TreeWriter writer = impl_->Writer(ns);
  TARN_TRY(imported.Seek({}));
  while (imported.Valid()) {
    TARN_TRY(writer.WriteRecord(imported.key(), imported.value()));
    TARN_TRY(imported.Next());
  }
  TARN_TRY_ASSIGN(RangeList ranges, writer.FinishRanges());
  auto source = OverList(std::make_shared<const RangeList>(std::move(ranges)));
  return impl_->Replace(ns, base, replaced, std::move(source));
}

Result<MetarangeId> Store::ReplaceAndInsert(const StorageNamespace& ns, const MetarangeId& base,
                                            const ReplaceSet& replaced,
                                            const MetarangeId& imported) {
  TARN_TRY_ASSIGN(auto source, impl_->Ranges(ns, imported));
  return impl_->Replace(ns, base, replaced, std::move(source));
}

}  // namespace tarn::committed
