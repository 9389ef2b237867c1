// Committed data: metaranges of ranges, and the operations on whole trees of them.
//
// A metarange is a table of ranges keyed by their last key; a range is a table of entries
// (docs/formats/range.md). Work is proportional to what differs: equal ranges are copied or skipped
// by id. The empty MetarangeId is the tree without objects. Level 5; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "codec/value.h"
#include "committed/range_info.h"
#include "committed/table_uploads.h"
#include "iter/sorted_iterator.h"
#include "sst/break_rule.h"
#include "sst/table_store.h"

namespace tarn::committed {

/// Iterates a tree and knows the range it stands in. Seek and Next read the record they stand on.
/// SkipRange may stop at the head of a range without having opened it: at_range_head() is then true
/// and key() is the range's min_key; Open() must come before value().
class TreeIterator : public AnyIterator<ValueView> {
 public:
  virtual bool at_range_head() const = 0;
  virtual const RangeInfo& range() const = 0;  ///< Requires Valid().
  virtual Status SkipRange() = 0;              ///< To the head of the next range, unopened.
  virtual Status Open() = 0;  ///< At a range head: reads its first record. Else nothing.
};

enum class DiffKind : uint8_t { kAdded, kRemoved, kChanged, kConflict };

/// One difference. `left` and `right` are tombstones where the side has no such key.
struct DiffValue {
  DiffKind kind = DiffKind::kAdded;
  ValueView left, right;
};
using DiffIterator = AnyIterator<DiffValue>;

/// What becomes of a conflict. kUndecided is for trees that are nothing but the base of a merge: a
/// record that equals no other, so that the merge decides by what is found beside it.
enum class MergeStrategy : uint8_t { kNone, kDestinationWins, kSourceWins, kUndecided };

struct ApplyResult {
  MetarangeId metarange;
  int64_t added = 0, changed = 0, removed = 0;
  int64_t total() const { return added + changed + removed; }
};

/// What an import takes out of a tree before its own entries go in.
struct ReplaceSet {
  std::vector<std::string> prefixes;  ///< Every key that starts with one of these.
  std::vector<std::string> keys;      ///< Exactly these.
};

using Changes = AnyIterator<ValueView>;  ///< Values and tombstones.

struct StoreOptions {
  UploadOptions uploads;               ///< How tables are stored; with a pool, several at a time.
  size_t tree_cache_bytes = 8u << 20;  ///< For range lists of recently used trees.
};

class Store {
 public:
  Store(sst::TableStore& tables, sst::BreakRule rule, StoreOptions options = {});
  ~Store();

  /// The value of `key`, or nothing.
  Result<std::optional<sst::PinnedValue>> Get(const StorageNamespace& ns, const MetarangeId& tree,
                                              std::string_view key);
  Result<std::unique_ptr<TreeIterator>> Iterate(const StorageNamespace& ns,
                                                const MetarangeId& tree);
  /// Ranges of a tree in key order.
  Result<std::vector<RangeInfo>> Ranges(const StorageNamespace& ns, const MetarangeId& tree);
  /// The range whose bounds cover `key`, or nothing.
  Result<std::optional<RangeInfo>> RangeOf(const StorageNamespace& ns, const MetarangeId& tree,
                                           std::string_view key);

  /// Writes the tree that `changes` (unseeked) make of `base`: ranges that no change touches are
  /// reused by id. A value equal by identity to the base's keeps the base's record. total() == 0
  /// means that nothing changed.
  Result<ApplyResult> Apply(const StorageNamespace& ns, const MetarangeId& base, Changes& changes);
  /// Writes a tree from sorted records (unseeked); `extra_properties` are for refs dumps.
  Result<MetarangeId> WriteTree(const StorageNamespace& ns, Changes& records,
                                const std::map<std::string, std::string>& extra_properties = {});
  /// Writes `base` without what `replaced` names, united with `imported` (unseeked), whose records
  /// win.
  Result<MetarangeId> ReplaceAndInsert(const StorageNamespace& ns, const MetarangeId& base,
                                       const ReplaceSet& replaced, Changes& imported);
  /// The same with the records of a tree: repeating it after a lost race writes only what is
  /// joined.
  Result<MetarangeId> ReplaceAndInsert(const StorageNamespace& ns, const MetarangeId& base,
                                       const ReplaceSet& replaced, const MetarangeId& imported);
  /// Three-way merge by the truth table of docs/formats/merge.md; kConflict ("conflict found") at
  /// the first conflict without a strategy.
  Result<MetarangeId> Merge(const StorageNamespace& ns, const MetarangeId& base,
                            const MetarangeId& source, const MetarangeId& destination,
                            MergeStrategy strategy);

  /// What changed from `left` to `right`, before the key `end` if that is not empty: ranges behind
  /// it are not read.
  Result<std::unique_ptr<DiffIterator>> Diff(const StorageNamespace& ns, const MetarangeId& left,
                                             const MetarangeId& right, std::string_view end = {});
  /// What a merge of `source` into `destination` would do; left is the destination's value, right
  /// the source's.
  Result<std::unique_ptr<DiffIterator>> MergeDiff(const StorageNamespace& ns,
                                                  const MetarangeId& base,
                                                  const MetarangeId& source,
                                                  const MetarangeId& destination);
  sst::TableStore& tables();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::committed
