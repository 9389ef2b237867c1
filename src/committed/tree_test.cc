// Trees as such: cutting, reading, looking up, and what happens without the right to wait.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/blocking.h"
#include "committed/removed_keys.h"
#include "committed/testing/trees.h"
#include "committed/tree_cursor.h"
#include "sst/table_writer.h"

namespace tarn::committed {
namespace {

constexpr char kEmptyTreeId[] = "00fb7eff1a97c500eb3ca8d2ef5464131d6b6a5f9512e41eba97843522213b66";

std::vector<std::string> KeysFrom(TreeIterator& it, std::string_view target) {
  std::vector<std::string> keys;
  EXPECT_TRUE(it.Seek(target).ok());
  while (it.Valid()) {
    keys.emplace_back(it.key());
    EXPECT_TRUE(it.Next().ok());
  }
  return keys;
}

std::vector<std::string> KeysFrom(const Model& model, std::string_view target) {
  std::vector<std::string> keys;
  for (auto at = model.lower_bound(target); at != model.end(); ++at) keys.push_back(at->first);
  return keys;
}

TEST(Tree, OfNoRecordsIsTheEmptyMetarange) {
  Trees trees;
  MetarangeId empty = trees.Write({});
  EXPECT_EQ(empty.str(), kEmptyTreeId);
  EXPECT_TRUE(trees.Read(empty).empty());
  EXPECT_TRUE(trees.Read(MetarangeId()).empty());
  EXPECT_FALSE(Must(trees.store.Get(trees.ns, empty, "a")));
  EXPECT_FALSE(Must(trees.store.Get(trees.ns, MetarangeId(), "a")));
}

TEST(Tree, EndsARangeWhereTheRuleSays) {
  Trees trees;
  RandomTrees random(1);
  Model model = random.Tree(400);
  std::vector<RangeInfo> ranges = trees.Ranges(trees.Write(model));
  uint64_t count = 0;
  auto at = model.begin();
  for (const RangeInfo& range : ranges) {
    EXPECT_EQ(range.min_key, at->first);
    for (; at->first != range.max_key; ++at) {
      EXPECT_FALSE(trees.rule.Breaks(0, at->first)) << at->first;
    }
    EXPECT_TRUE(&range == &ranges.back() || trees.rule.Breaks(0, at->first)) << at->first;
    ++at;
    count += range.count;
    EXPECT_GT(range.estimated_size, 0u);
  }
  EXPECT_EQ(count, model.size());
  EXPECT_GT(ranges.size(), 10u);
}

TEST(Tree, PutsExtraPropertiesIntoEveryTable) {
  Trees trees;
  MapIterator<ValueView, Value> records(Model{{"a", {"identity", "data"}}});
  MetarangeId tree = Must(trees.store.WriteTree(trees.ns, records, {{"entity", "branch"}}));
  EXPECT_EQ(Must(trees.tables.Properties(trees.ns, tree.view())).at("entity"), "branch");
  std::string range = trees.Ranges(tree).at(0).id.str();
  EXPECT_EQ(Must(trees.tables.Properties(trees.ns, range)).at("entity"), "branch");
  EXPECT_NE(tree, trees.Write({{"a", {"identity", "data"}}}));
}

TEST(Tree, RefusesTombstones) {
  Trees trees;
  MapIterator<ValueView, Value> records(Model{{"a", Value()}});
  EXPECT_EQ(trees.store.WriteTree(trees.ns, records).code(), Code::kInvalidValue);
}

TEST(Tree, IsReadAsItWasWritten) {
  const uint64_t seed = NewSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomTrees random(seed);
  for (int round = 0; round < 100; ++round) {
    // A cache of one byte makes every tree too large for it: the other way to find ranges.
    StoreOptions options;
    if (round % 2 == 0) options.tree_cache_bytes = 1;
    Trees trees(kSmallRanges, options);
    Model model = random.Tree(120);
    MetarangeId tree = trees.Write(model);
    ASSERT_EQ(trees.Read(tree), model);
    auto it = Must(trees.store.Iterate(trees.ns, tree));
    for (int i = 0; i < 20; ++i) {
      std::string key = random.Key();
      EXPECT_EQ(KeysFrom(*it, key), KeysFrom(model, key));
      auto found = Must(trees.store.Get(trees.ns, tree, key));
      ASSERT_EQ(found.has_value(), model.contains(key)) << key;
      if (found) {
        EXPECT_EQ(found->view().data, model.at(key).data);
        EXPECT_EQ(found->view().identity, model.at(key).identity);
      }
      auto range = Must(trees.store.RangeOf(trees.ns, tree, key));
      EXPECT_TRUE(range || !found) << key;
      EXPECT_TRUE(!range || (range->min_key <= key && key <= range->max_key)) << key;
    }
  }
}

TEST(Tree, SkipsRangesWithoutOpeningThem) {
  Trees trees;
  RandomTrees random(2);
  Model model = random.Tree(400);
  MetarangeId tree = trees.Write(model);
  std::vector<RangeInfo> ranges = trees.Ranges(tree);
  sst::TableStore cold(trees.objects, {});
  Store store(cold, trees.rule);
  auto it = Must(store.Iterate(trees.ns, tree));
  TARN_ASSERT_OK(it->Seek({}));
  trees.objects.Reset();
  for (size_t i = 1; i + 1 < ranges.size(); ++i) {
    TARN_ASSERT_OK(it->SkipRange());
    EXPECT_TRUE(it->at_range_head());
    EXPECT_EQ(it->range(), ranges[i]);
    EXPECT_EQ(it->key(), ranges[i].min_key);
  }
  EXPECT_TRUE(trees.objects.opened().empty());
  TARN_ASSERT_OK(it->Next());  // opens the range and passes its first record
  EXPECT_EQ(it->key(), std::next(model.find(ranges[ranges.size() - 2].min_key))->first);
  EXPECT_EQ(trees.objects.opened().size(), 1u);
  TARN_ASSERT_OK(it->SkipRange());
  TARN_ASSERT_OK(it->Open());
  EXPECT_FALSE(it->at_range_head());
  EXPECT_EQ(it->value().data, model.at(ranges.back().min_key).data);
  TARN_ASSERT_OK(it->SkipRange());
  EXPECT_FALSE(it->Valid());
}

TEST(Tree, WouldBlockUntilItIsCached) {
  Trees trees;
  MetarangeId tree = trees.Write({{"a", {"identity", "data"}}, {"b", {"identity", "data"}}});
  sst::TableStore cold(trees.objects, {});
  Store store(cold, trees.rule);
  {
    NoBlockingScope no_blocking;
    EXPECT_EQ(store.Get(trees.ns, tree, "a").code(), Code::kWouldBlock);
    EXPECT_EQ(store.Iterate(trees.ns, tree).code(), Code::kWouldBlock);
    EXPECT_FALSE(Must(store.Get(trees.ns, MetarangeId(), "a")));
  }
  EXPECT_TRUE(Must(store.Get(trees.ns, tree, "a")));
  NoBlockingScope no_blocking;
  EXPECT_TRUE(Must(store.Get(trees.ns, tree, "a")));
  EXPECT_FALSE(Must(store.Get(trees.ns, tree, "aa")));
}

TEST(Tree, ThatIsNotThereIsAnErrorEvenIfAnotherNamespaceHasIt) {
  Trees trees;
  MetarangeId tree = trees.Write({{"a", {"identity", "data"}}});
  EXPECT_TRUE(Must(trees.store.Get(trees.ns, tree, "a")));
  StorageNamespace other("mem://bucket/other");
  EXPECT_EQ(trees.store.Get(other, tree, "a").code(), Code::kDataNotFound);
  EXPECT_EQ(trees.store.Ranges(other, tree).code(), Code::kDataNotFound);
}

TEST(Tree, KeepsTheCacheWithinItsLimit) {
  StoreOptions options;
  options.tree_cache_bytes = 4000;
  Trees trees(kSmallRanges, options);
  std::vector<MetarangeId> many;
  for (int i = 0; i < 40; ++i) {
    many.push_back(trees.Write({{"key-" + std::to_string(i), {"identity", "data"}}}));
  }
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 40; ++i) {
      EXPECT_TRUE(Must(trees.store.Get(trees.ns, many[i], "key-" + std::to_string(i))));
    }
  }
}

TEST(Tree, IsLookedUpFromManyThreads) {
  StoreOptions options;
  options.tree_cache_bytes = 4000;  // so that trees come and go
  Trees trees(kSmallRanges, options);
  std::vector<MetarangeId> many;
  for (int i = 0; i < 20; ++i) {
    many.push_back(trees.Write({{"key-" + std::to_string(i), {"identity", "data"}}}));
  }
  std::atomic<int> found = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int n = 0; n < 400; ++n) {
        const int i = (n * 7 + thread) % 20;
        found += Must(trees.store.Get(trees.ns, many[i], "key-" + std::to_string(i))).has_value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 4 * 400);
}

/// A metarange made by hand.
MetarangeId WriteMetarange(Trees& trees, const std::vector<RangeInfo>& ranges) {
  sst::TableWriter writer(sst::TableType::kMetarange);
  for (const RangeInfo& range : ranges) {
    std::string data;
    AppendRangeData(&data, range);
    EXPECT_TRUE(writer.Add(range.max_key, {range.id.view(), data}).ok());
  }
  sst::Table table = Must(writer.Finish());
  EXPECT_TRUE(trees.tables.Write(trees.ns, table).ok());
  return MetarangeId(table.id);
}

TEST(Tree, ReportsABadMetarange) {
  Trees trees;
  const RangeId id(std::string(64, 'a'));
  const std::vector<std::vector<RangeInfo>> bad = {
      {{RangeId("../../outside"), "a", "b"}},
      {{RangeId(std::string(64, 'G')), "a", "b"}},
      {{id, "c", "b"}},
      {{id, "a", "c"}, {id, "b", "d"}},
  };
  for (const std::vector<RangeInfo>& ranges : bad) {
    EXPECT_EQ(trees.store.Ranges(trees.ns, WriteMetarange(trees, ranges)).code(), Code::kCorrupt);
  }
  sst::TableWriter writer(sst::TableType::kMetarange);
  TARN_ASSERT_OK(writer.Add("a", {id.view(), "\xff\xff"}));
  sst::Table table = Must(writer.Finish());
  TARN_ASSERT_OK(trees.tables.Write(trees.ns, table));
  EXPECT_EQ(trees.store.Ranges(trees.ns, MetarangeId(table.id)).code(), Code::kCorrupt);
}

TEST(Tree, ReportsARangeThatIsMissing) {
  Trees trees;
  MetarangeId tree = WriteMetarange(trees, {{RangeId(std::string(64, 'a')), "a", "b"}});
  EXPECT_EQ(trees.store.Get(trees.ns, tree, "a").code(), Code::kDataNotFound);
  auto it = Must(trees.store.Iterate(trees.ns, tree));
  EXPECT_EQ(it->Seek({}).code(), Code::kDataNotFound);
  EXPECT_FALSE(it->Valid());
}

TEST(RemovedKeys, AreThePrefixesAndTheKeys) {
  RemovedKeys removed({"b/", "b/1", "\xff", "d"}, {"a", "b/2", "c"});
  auto holds = [&](std::string_view key) { return removed.Holding(key) != nullptr; };
  for (const char* key : {"a", "b/", "b/1", "b/2", "b/zz", "c", "d", "dz", "\xff", "\xff\xff"}) {
    EXPECT_TRUE(holds(key)) << key;
  }
  for (const char* key : {"", "a0", "b", "b0", "c0", "e"}) EXPECT_FALSE(holds(key)) << key;
  EXPECT_TRUE(removed.Covers("b/1", "b/9"));
  EXPECT_FALSE(removed.Covers("b/1", "b0"));
  EXPECT_TRUE(removed.Covers("\xff", "\xff\xff\xff"));
  EXPECT_TRUE(removed.Touches("aa", "b/"));
  EXPECT_FALSE(removed.Touches("aa", "b"));
  EXPECT_FALSE(removed.Touches("e", "f"));
  EXPECT_EQ(removed.NextBegin("aa"), "b/");
  EXPECT_EQ(removed.NextBegin("\xff"), std::nullopt);
  RemovedKeys everything({""}, {"a"});
  EXPECT_TRUE(everything.Covers("", "\xff\xff"));
}

}  // namespace
}  // namespace tarn::committed
