// Merges: of two trees over their base, and of an import into a tree (docs/formats/merge.md).
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

Result<MetarangeId> Store::ReplaceAndInsert(const StorageNamespace& ns, const MetarangeId& base,
                                            const ReplaceSet& replaced, Changes& imported) {
  // The imported records are cut by themselves first, so that the same import makes the same
  // ranges wherever it goes; then both range lists are merged over nothing.
  TreeWriter import_writer = impl_->Writer(ns);
  TARN_TRY(imported.Seek({}));
  while (imported.Valid()) {
    TARN_TRY(import_writer.WriteRecord(imported.key(), imported.value()));
    TARN_TRY(imported.Next());
  }
  TARN_TRY_ASSIGN(RangeList ranges, import_writer.FinishRanges());
  TreeCursor source(impl_->tables(), ns,
                    OverList(std::make_shared<const RangeList>(std::move(ranges))));

  const RemovedKeys removed(replaced.prefixes, replaced.keys);
  TARN_TRY_ASSIGN(auto destination, impl_->Cursor(ns, base, &removed));
  auto nothing = OverList(std::make_shared<const RangeList>());
  TARN_TRY_ASSIGN(auto no_base, impl_->Cursor(ns, MetarangeId()));
  TreeWriter out = impl_->Writer(ns);
  ThreeWayMerge merge(*nothing, *no_base, source, *destination, MergeStrategy::kSourceWins, out);
  TARN_TRY(merge.Run());
  return out.Close();
}

}  // namespace tarn::committed
