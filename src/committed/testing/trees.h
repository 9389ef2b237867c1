// Trees for tests: a store in memory, models of trees, random ones, and ways to read and compare.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "block/mem/mem_store.h"
#include "committed/store.h"
#include "committed/testing/counting_store.h"
#include "iter/map_iterator.h"

namespace tarn {
// Found by gtest beside the type.
inline bool operator==(const Value& a, const Value& b) {
  return a.identity == b.identity && a.data == b.data;
}
inline void PrintTo(const Value& value, std::ostream* out) {
  *out << value.identity << ":" << value.data;
}
}  // namespace tarn

namespace tarn::committed {

#define TARN_ASSERT_OK(expr)                                   \
  do {                                                         \
    ::tarn::Status tarn_assert_ = ::tarn::ToStatus(expr);      \
    ASSERT_TRUE(tarn_assert_.ok()) << tarn_assert_.ToString(); \
  } while (false)

/// A tree as a map; a Value without identity is a tombstone (in changes only).
using Model = std::map<std::string, Value, std::less<>>;

/// Small ranges: about five records each.
inline constexpr sst::BreakRule kSmallRanges{0, 1u << 20, 5};

/// The value of a Result that must be there.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) ADD_FAILURE() << result.status().ToString();
  return std::move(result).value();
}

/// Stores of one test and what is done with them all the time.
class Trees {
 public:
  explicit Trees(sst::BreakRule cut = kSmallRanges, StoreOptions options = {})
      : rule(cut), tables(objects, {}), store(tables, cut, options) {}

  MetarangeId Write(const Model& model);
  MetarangeId Apply(const MetarangeId& base, const Model& changes) {
    return Must(ApplyAll(base, changes)).metarange;
  }
  Result<ApplyResult> ApplyAll(const MetarangeId& base, const Model& changes);
  Model Read(const MetarangeId& tree);
  std::vector<RangeInfo> Ranges(const MetarangeId& tree) { return Must(store.Ranges(ns, tree)); }

  const StorageNamespace ns{"mem://bucket/repository"};
  const sst::BreakRule rule;
  block::MemStore memory{SystemClock()};
  CountingStore objects{memory};
  sst::TableStore tables;
  Store store;
};

/// Random models over few keys, identities and prefixes, so that coincidences happen.
class RandomTrees {
 public:
  explicit RandomTrees(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t limit) { return random_() % limit; }
  std::string Key();
  Value AnyValue();
  Model Tree(size_t records_max);
  /// Additions, changes and tombstones of keys near each other or anywhere.
  Model Changes(const Model& base, size_t changes_max);

 private:
  std::mt19937_64 random_;
};

/// `base` after `changes`.
Model Changed(Model base, const Model& changes);

/// A seed that differs in every run, or that of TARN_SEED; put it in a SCOPED_TRACE.
uint64_t NewSeed();

}  // namespace tarn::committed
