#include "sst/skip_equal.h"

#include <gtest/gtest.h>

#include "sst/testing/counting_objects.h"
#include "sst/testing/random_records.h"

namespace tarn::sst {
namespace {

const StorageNamespace kNamespace("mem://bucket/prefix");
constexpr BreakRule kNever{0, UINT64_MAX, UINT64_MAX};

class SkipEqualTest : public testing::Test {
 protected:
  std::unique_ptr<TableIterator> Open(const Records& records) {
    const std::vector<Table> tables = WriteTables(records, kNever);
    EXPECT_EQ(tables.size(), 1U);
    EXPECT_TRUE(store_.Write(kNamespace, tables[0]).ok());
    auto opened = store_.Iterate(kNamespace, tables[0].id);
    EXPECT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->Seek("").ok());
    return *std::move(opened);
  }
  /// Keys that differ, found with as many skips as there can be.
  std::vector<std::string> Differences(TableIterator& a, TableIterator& b) {
    std::vector<std::string> keys;
    while (a.Valid() || b.Valid()) {
      const int order = !a.Valid() ? 1 : !b.Valid() ? -1 : a.key().compare(b.key());
      if (order == 0) {
        const auto skipped = SkipEqualBlocks(a, b);
        EXPECT_TRUE(skipped.ok());
        if (skipped.ok() && *skipped) {
          ++skips_;
          continue;
        }
        if (a.value().identity != b.value().identity) keys.emplace_back(a.key());
      } else {
        keys.emplace_back(order < 0 ? a.key() : b.key());
      }
      if (order <= 0) Step(a);
      if (order >= 0) Step(b);
    }
    return keys;
  }
  static void Step(TableIterator& at) { EXPECT_TRUE(at.Next().ok()); }
  CountingObjects objects_;
  TableStore store_{objects_, {}};
  int skips_ = 0;
};

TEST_F(SkipEqualTest, FindsTheDifferencesOfRandomTables) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RecordMaker random(seed);
    const RecordShape shape = random.Shape();
    const Records base = random.Make(shape, 2000);
    Records changed = base;
    for (const auto& [key, value] : base) {
      if (random.OneIn(700)) changed.erase(key);
      if (random.OneIn(700)) changed[key] = random.MakeValue(shape);
      if (random.OneIn(700)) changed.emplace(random.Key(shape), random.MakeValue(shape));
    }
    std::vector<std::string> expected;
    Records all = base;
    all.insert(changed.begin(), changed.end());
    for (const auto& [key, value] : all) {
      const auto left = base.find(key);
      const auto right = changed.find(key);
      const bool equal = left != base.end() && right != changed.end() &&
                         left->second.identity == right->second.identity;
      if (!equal) expected.push_back(key);
    }
    const auto a = Open(base), b = Open(changed);
    ASSERT_EQ(Differences(*a, *b), expected);
  }
  EXPECT_GT(skips_, 0);
}

TEST_F(SkipEqualTest, StandsAtTheFirstBlockThatDiffers) {
  const Records base = RecordMaker(7).Make({}, 5000);
  Records changed = base;
  const auto at = std::next(changed.begin(), 4000);
  at->second.identity.back() = static_cast<char>(at->second.identity.back() + 1);
  const auto a = Open(base), b = Open(changed);
  const auto skipped = SkipEqualBlocks(*a, *b);
  ASSERT_TRUE(skipped.ok() && *skipped);
  ASSERT_TRUE(a->Valid() && b->Valid());
  EXPECT_EQ(a->key(), b->key());
  EXPECT_LE(a->key(), at->first);
  EXPECT_GT(a->key(), std::next(base.begin(), 3000)->first);
  const auto again = SkipEqualBlocks(*a, *b);
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(*again);
}

TEST_F(SkipEqualTest, NothingMovesInsideABlock) {
  const Records base = RecordMaker(7).Make({}, 5000);
  const auto a = Open(base), b = Open(base);
  ASSERT_TRUE(a->Next().ok() && b->Next().ok());
  const std::string key(a->key());
  const auto skipped = SkipEqualBlocks(*a, *b);
  ASSERT_TRUE(skipped.ok());
  EXPECT_FALSE(*skipped);
  EXPECT_EQ(a->key(), key);
}

}  // namespace
}  // namespace tarn::sst
