#include "committed/store.h"

#include <utility>

#include "committed/store_impl.h"

namespace tarn::committed {

Result<std::unique_ptr<RangeSource>> Store::Impl::Ranges(const StorageNamespace& ns,
                                                         const MetarangeId& tree) {
  if (tree.empty()) return OverList(std::make_shared<const RangeList>());
  TARN_TRY_ASSIGN(CachedTree cached, cache_.Load(ns, tree));
  if (cached.ranges) return OverList(std::move(cached.ranges));
  TARN_TRY_ASSIGN(auto table, tables_.Iterate(ns, tree.view()));
  return OverTable(std::move(table));
}

Result<std::unique_ptr<TreeCursor>> Store::Impl::Cursor(const StorageNamespace& ns,
                                                        const MetarangeId& tree,
                                                        const RemovedKeys* removed) {
  TARN_TRY_ASSIGN(auto ranges, Ranges(ns, tree));
  return std::make_unique<TreeCursor>(tables_, ns, std::move(ranges), removed);
}

Result<std::optional<RangeInfo>> Store::Impl::RangeReaching(const StorageNamespace& ns,
                                                            const MetarangeId& tree,
                                                            std::string_view key) {
  TARN_TRY_ASSIGN(auto ranges, Ranges(ns, tree));
  TARN_TRY(ranges->Seek(key));
  if (!ranges->Valid()) return std::optional<RangeInfo>();
  return std::optional<RangeInfo>(ranges->range());
}

Result<std::optional<sst::PinnedValue>> Store::Impl::Get(const StorageNamespace& ns,
                                                         const MetarangeId& tree,
                                                         std::string_view key) {
  using Found = std::optional<sst::PinnedValue>;
  if (tree.empty()) return Found();
  TARN_TRY_ASSIGN(CachedTree cached, cache_.Load(ns, tree));
  if (cached.ranges) {
    auto range = FirstReaching(*cached.ranges, key);
    if (range == cached.ranges->end() || range->min_key > key) return Found();
    return tables_.Get(ns, range->id.view(), key);
  }
  TARN_TRY_ASSIGN(auto record, tables_.LowerBound(ns, tree.view(), key));
  if (!record) return Found();
  TARN_TRY_ASSIGN(RangeInfo range, ParseRangeRecord(record->first, record->second.view()));
  if (range.min_key > key) return Found();
  return tables_.Get(ns, range.id.view(), key);
}

Store::Store(sst::TableStore& tables, sst::BreakRule rule, StoreOptions options)
    : impl_(std::make_unique<Impl>(tables, rule, options)) {}
Store::~Store() = default;

sst::TableStore& Store::tables() { return impl_->tables(); }

Result<std::optional<sst::PinnedValue>> Store::Get(const StorageNamespace& ns,
                                                   const MetarangeId& tree, std::string_view key) {
  return impl_->Get(ns, tree, key);
}

Result<std::vector<RangeInfo>> Store::Ranges(const StorageNamespace& ns, const MetarangeId& tree) {
  TARN_TRY_ASSIGN(auto source, impl_->Ranges(ns, tree));
  std::vector<RangeInfo> ranges;
  TARN_TRY(source->Seek({}));
  while (source->Valid()) {
    ranges.push_back(source->range());
    TARN_TRY(source->Next());
  }
  return ranges;
}

Result<std::optional<RangeInfo>> Store::RangeOf(const StorageNamespace& ns, const MetarangeId& tree,
                                                std::string_view key) {
  TARN_TRY_ASSIGN(auto range, impl_->RangeReaching(ns, tree, key));
  if (range && range->min_key > key) range.reset();
  return range;
}

Result<MetarangeId> Store::WriteTree(const StorageNamespace& ns, Changes& records,
                                     const std::map<std::string, std::string>& extra_properties) {
  TreeWriter writer = impl_->Writer(ns, extra_properties);
  TARN_TRY(records.Seek({}));
  while (records.Valid()) {
    TARN_TRY(writer.WriteRecord(records.key(), records.value()));
    TARN_TRY(records.Next());
  }
  return writer.Close();
}

}  // namespace tarn::committed
