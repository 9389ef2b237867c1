// Imports into trees: what is removed, what is put in, and which ranges are kept.
#include <gtest/gtest.h>

#include <algorithm>

#include "committed/testing/trees.h"

namespace tarn::committed {
namespace {

MetarangeId Replace(Trees& trees, const MetarangeId& base, const ReplaceSet& set,
                    const Model& imported) {
  MapIterator<ValueView, Value> records(imported);
  return Must(trees.store.ReplaceAndInsert(trees.ns, base, set, records));
}

Model ReplaceModel(Model base, const ReplaceSet& set, const Model& imported) {
  std::erase_if(base, [&](const auto& record) {
    auto starts = [&](const std::string& prefix) { return record.first.starts_with(prefix); };
    return std::any_of(set.prefixes.begin(), set.prefixes.end(), starts) ||
           std::find(set.keys.begin(), set.keys.end(), record.first) != set.keys.end();
  });
  for (const auto& [key, value] : imported) base[key] = value;
  return base;
}

TEST(Replace, OfRandomTreesIsTheUnionWithoutWhatIsReplaced) {
  const uint64_t seed = NewSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  static const std::vector<std::string> kPrefixes = {"",  "a", "a/",  "a/b/", "ab", "b/",
                                                     "m", "z", "a/1", "\xff", "b/3"};
  RandomTrees random(seed);
  for (int round = 0; round < 800; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Trees trees;
    Model base = random.Tree(120);
    MetarangeId tree = trees.Write(base);
    if (round % 2 == 0) {
      Model changes = random.Changes(base, 10);
      tree = trees.Apply(tree, changes);
      base = Changed(base, changes);
    }
    ReplaceSet set;
    for (size_t n = random.Below(3); n > 0; --n) {
      set.prefixes.push_back(kPrefixes[random.Below(kPrefixes.size())]);
    }
    for (size_t n = random.Below(4); n > 0; --n) set.keys.push_back(random.Key());
    Model imported = random.Below(4) == 0 ? Model() : random.Tree(60);
    const bool below_prefixes = random.Below(2) == 0;
    if (below_prefixes) {
      std::erase_if(imported, [&](const auto& record) {
        return std::none_of(set.prefixes.begin(), set.prefixes.end(),
                            [&](const std::string& p) { return record.first.starts_with(p); });
      });
    }
    MetarangeId result = Replace(trees, tree, set, imported);
    ASSERT_EQ(trees.Read(result), ReplaceModel(base, set, imported));
    ASSERT_EQ(Must(trees.store.ReplaceAndInsert(trees.ns, tree, set, trees.Write(imported))),
              result);
  }
}

TEST(Replace, IntoNothingIsTheTreeOfTheRecords) {
  Trees trees;
  RandomTrees random(4);
  for (const Model& imported : {random.Tree(200), random.Tree(3), Model{}}) {
    EXPECT_EQ(Replace(trees, MetarangeId(), {{""}, {}}, imported), trees.Write(imported));
    EXPECT_EQ(Replace(trees, trees.Write(random.Tree(50)), {{""}, {}}, imported),
              trees.Write(imported));
  }
}

/// B-16 of the reference: what is removed does not depend on the borders of ranges.
TEST(Replace, RemovesEverythingUnderThePrefixInEveryLayout) {
  Model base{{"a/1", {"1", ""}}, {"b/1", {"1", ""}}, {"b/2", {"1", ""}},
             {"b/3", {"1", ""}}, {"b0", {"1", ""}},  {"c/1", {"1", ""}}};
  Model without{{"a/1", {"1", ""}}, {"b0", {"1", ""}}, {"c/1", {"1", ""}}};
  // One range, ranges cut at each commit, a range that lies in the prefix after skipped keys.
  const std::vector<std::vector<std::vector<std::string>>> layouts = {
      {{"a/1", "b/1", "b/2", "b/3", "b0", "c/1"}},
      {{"a/1", "b/1"}, {"b/2", "b/3"}, {"b0", "c/1"}},
      {{"a/1", "b/1"}, {"b/2"}, {"b/3"}, {"b0"}, {"c/1"}},
      {{"a/1"}, {"b/1", "b/2", "b/3"}, {"b0", "c/1"}},
  };
  for (const auto& layout : layouts) {
    Trees trees({0, 1u << 20, 1u << 30});
    MetarangeId tree;
    for (const std::vector<std::string>& range : layout) {
      Model changes;
      for (const std::string& key : range) changes[key] = base.at(key);
      tree = trees.Apply(tree, changes);
    }
    ASSERT_EQ(trees.Ranges(tree).size(), layout.size());
    EXPECT_EQ(trees.Read(Replace(trees, tree, {{"b/"}, {}}, {})), without);
    Model imported{{"b/0", {"2", ""}}, {"b/2", {"2", ""}}};
    Model with = without;
    with.insert(imported.begin(), imported.end());
    EXPECT_EQ(trees.Read(Replace(trees, tree, {{"b/"}, {}}, imported)), with);
    EXPECT_EQ(trees.Read(Replace(trees, tree, {{"b/"}, {}}, {{"b/0", {"2", ""}}})).size(), 4u);
    EXPECT_EQ(trees.Read(Replace(trees, tree, {{}, {"b/2", "c/1"}}, {})).size(), 4u);
  }
}

TEST(Replace, OpensOnlyRangesAtTheBordersOfThePrefix) {
  Trees trees;
  Model base;
  for (const char* folder : {"a/", "b/", "c/"}) {
    for (int i = 1000; i < 2000; ++i) base[folder + std::to_string(i)] = {"identity", "data"};
  }
  Model imported;
  for (int i = 0; i < 10; ++i) imported["b/" + std::to_string(i)] = {"new", ""};
  MetarangeId tree = trees.Write(base);
  const size_t ranges = trees.Ranges(tree).size();
  ASSERT_GT(ranges, 300u);
  sst::TableStore cold(trees.objects, {});
  Store store(cold, trees.rule);
  trees.objects.Reset();
  MapIterator<ValueView, Value> records(imported);
  ReplaceSet set{{"b/"}, {}};
  MetarangeId result = Must(store.ReplaceAndInsert(trees.ns, tree, set, records));
  EXPECT_LT(trees.objects.written().size(), 15u);
  EXPECT_LT(trees.objects.opened().size(), 15u);
  EXPECT_EQ(trees.Read(result), ReplaceModel(base, set, imported));
}

}  // namespace
}  // namespace tarn::committed
