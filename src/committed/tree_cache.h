// Range lists of recently used trees, so that a look-up is two binary searches.
//
// A tree is named by its content, so what is here never goes stale. The cache has a limit in bytes;
// a tree too large for it is remembered as such and read through its table instead. Level 5;
// thread-safe (one mutex over the list of entries, none while reading a table).
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/sync.h"
#include "committed/range_source.h"

namespace tarn::committed {

/// A tree's ranges; `ranges` is null for a tree that is too large to list.
struct CachedTree {
  std::shared_ptr<const RangeList> ranges;
};

class TreeCache {
 public:
  TreeCache(sst::TableStore& tables, size_t bytes_max) : tables_(tables), bytes_max_(bytes_max) {}

  /// The tree with a non-empty id. Not cached: read from the store, or kWouldBlock on a thread that
  /// must not wait. kDataNotFound if there is no such metarange.
  Result<CachedTree> Load(const StorageNamespace& ns, const MetarangeId& tree);

 private:
  struct Name {
    std::string_view ns, tree;
    friend bool operator==(const Name&, const Name&) = default;
  };
  struct NameHash {
    size_t operator()(const Name& name) const;
  };
  struct Slot {
    std::string ns, tree;
    CachedTree cached;
    size_t bytes = 0;
  };

  Result<Slot> Read(const StorageNamespace& ns, const MetarangeId& tree);
  void Insert(Slot slot);

  sst::TableStore& tables_;
  const size_t bytes_max_;
  Mutex mutex_;
  std::list<Slot> slots_ TARN_GUARDED_BY(mutex_);  // most recently used first
  std::unordered_map<Name, std::list<Slot>::iterator, NameHash> index_ TARN_GUARDED_BY(mutex_);
  size_t bytes_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::committed
