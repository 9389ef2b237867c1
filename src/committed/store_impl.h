// What the operations of committed::Store share: where tables come from and go to.
//
// Private to this folder. Level 5; thread-safe.
#pragma once

#include <memory>

#include "committed/store.h"
#include "committed/tree_cache.h"
#include "committed/tree_cursor.h"
#include "committed/tree_writer.h"

namespace tarn::committed {

class Store::Impl {
 public:
  Impl(sst::TableStore& tables, sst::BreakRule rule, StoreOptions options)
      : tables_(tables), rule_(rule), options_(options), cache_(tables, options.tree_cache_bytes) {}

  sst::TableStore& tables() { return tables_; }

  /// The ranges of a tree, in key order.
  Result<std::unique_ptr<RangeSource>> Ranges(const StorageNamespace& ns, const MetarangeId& tree);
  /// The first range that reaches `key`, or nothing.
  Result<std::optional<RangeInfo>> RangeReaching(const StorageNamespace& ns,
                                                 const MetarangeId& tree, std::string_view key);
  /// A cursor over a tree; `removed` must outlive it.
  Result<std::unique_ptr<TreeCursor>> Cursor(const StorageNamespace& ns, const MetarangeId& tree,
                                             const RemovedKeys* removed = nullptr);
  TreeWriter Writer(const StorageNamespace& ns, TreeWriter::Properties extra_properties = {}) {
    return TreeWriter(tables_, ns, rule_, options_.uploads, std::move(extra_properties));
  }
  Result<std::optional<sst::PinnedValue>> Get(const StorageNamespace& ns, const MetarangeId& tree,
                                              std::string_view key);
  /// Joins imported ranges and what is left of `base` (docs/formats/merge.md, "Import").
  Result<MetarangeId> Replace(const StorageNamespace& ns, const MetarangeId& base,
                              const ReplaceSet& replaced, std::unique_ptr<RangeSource> imported);
  /// The id of the tree without objects as a stored metarange, for trees that a commit must name.
  Result<MetarangeId> StoredEmptyTree(const StorageNamespace& ns) { return Writer(ns).Close(); }

 private:
  sst::TableStore& tables_;
  const sst::BreakRule rule_;
  const StoreOptions options_;
  TreeCache cache_;
};

}  // namespace tarn::committed
