// Three-way merges: the truth table row by row, then random trees against it, then what is opened.
#include <gtest/gtest.h>

#include <optional>

#include "committed/testing/trees.h"

namespace tarn::committed {
namespace {

constexpr MergeStrategy kStrategies[] = {MergeStrategy::kNone, MergeStrategy::kDestinationWins,
                                         MergeStrategy::kSourceWins, MergeStrategy::kUndecided};

/// One row of the table: identities, empty where absent; results per strategy. In a result "s" is
/// the source's record, "d" the destination's, "u" an undecided one, "-" none, "!" a conflict.
struct Row {
  int number;
  const char *base, *source, *destination;
  const char* results[4];
};
constexpr Row kRows[] = {
    {1, "", "", "d", {"d", "d", "d", "d"}},   {2, "", "s", "", {"s", "s", "s", "s"}},
    {3, "", "x", "x", {"s", "s", "s", "s"}},  {4, "", "s", "d", {"!", "d", "s", "u"}},
    {5, "b", "b", "b", {"s", "s", "s", "s"}}, {6, "b", "b", "d", {"d", "d", "d", "d"}},
    {7, "b", "s", "b", {"s", "s", "s", "s"}}, {8, "b", "x", "x", {"s", "s", "s", "s"}},
    {9, "b", "s", "d", {"!", "d", "s", "u"}}, {10, "b", "", "b", {"-", "-", "-", "-"}},
    {11, "b", "", "d", {"!", "d", "-", "u"}}, {12, "b", "b", "", {"-", "-", "-", "-"}},
    {13, "b", "s", "", {"!", "-", "s", "u"}}, {14, "b", "", "", {"-", "-", "-", "-"}},
};

/// The model of one side: its own records around the key, so that no two trees share a range.
Model SideOf(const char* identity, const char* side) {
  Model model;
  if (*identity != '\0') model["key"] = {identity, side};
  return model;
}

/// What the merge of one key gives by the row that its identities pick.
std::string Outcome(const std::string& base, const std::string& source,
                    const std::string& destination, MergeStrategy strategy) {
  for (const Row& row : kRows) {
    // A row stands for all identities that are absent and equal in the same places.
    auto same_shape = [&](const std::string& a, const std::string& b, const char* x,
                          const char* y) { return (a == b) == (std::string(x) == y); };
    if (base.empty() == (*row.base == '\0') && source.empty() == (*row.source == '\0') &&
        destination.empty() == (*row.destination == '\0') &&
        same_shape(base, source, row.base, row.source) &&
        same_shape(base, destination, row.base, row.destination) &&
        same_shape(source, destination, row.source, row.destination)) {
      return row.results[static_cast<int>(strategy)];
    }
  }
  return "-";  // nowhere
}

TEST(Merge, FollowsEveryRowOfTheTable) {
  for (const Row& row : kRows) {
    for (MergeStrategy strategy : kStrategies) {
      // `others` are more records around the key, in all trees: none; some before; some after.
      for (const Model& others : {Model{}, Model{{"a", {"1", ""}}, {"b", {"2", ""}}},
                                  Model{{"x", {"b", ""}}, {"z", {"s", ""}}}}) {
        const char* result = row.results[static_cast<int>(strategy)];
        SCOPED_TRACE("row " + std::to_string(row.number) + ", strategy " +
                     std::to_string(static_cast<int>(strategy)) + ", expected " + result);
        Trees trees({0, 1u << 20, 1000000});
        auto write = [&](const char* identity, const char* side) {
          Model model = SideOf(identity, side);
          model.insert(others.begin(), others.end());
          // A record of its own in each tree, so that no two of them are equal by chance.
          model[std::string("own-") + side] = {"1", side};
          return trees.Write(model);
        };
        MetarangeId base = write(row.base, "base");
        MetarangeId source = write(row.source, "source");
        MetarangeId destination = write(row.destination, "destination");
        auto merged = trees.store.Merge(trees.ns, base, source, destination, strategy);
        if (*result == '!') {
          EXPECT_EQ(merged.code(), Code::kConflict);
          EXPECT_EQ(merged.status().message(), "conflict found");
          continue;
        }
        ASSERT_TRUE(merged.ok()) << merged.status().ToString();
        Model records = trees.Read(*merged);
        EXPECT_EQ(records.contains("key"), *result != '-');
        if (*result == '-') continue;
        EXPECT_EQ(records["key"].identity == "undecided", *result == 'u');
        if (*result == 'u') continue;
        EXPECT_EQ(records["key"].data, *result == 's' ? "source" : "destination");
      }
    }
  }
}

/// B-1 and B-2 of the reference: the next key of the base, which is another one, has the identity
/// that one side added.
TEST(Merge, DoesNotTakeTheNextKeyOfTheBaseForTheKey) {
  Trees trees({0, 1u << 20, 1000000});
  Model base{{"m", {"copied", ""}}};
  Model source = base, destination = base;
  source["k"] = {"copied", "source"};
  destination["k"] = {"other", "destination"};
  MetarangeId base_tree = trees.Write(base);
  auto merged = trees.store.Merge(trees.ns, base_tree, trees.Write(source),
                                  trees.Write(destination), MergeStrategy::kNone);
  EXPECT_EQ(merged.code(), Code::kConflict);

  // One side is at its end when the other adds the copy.
  Model emptied{{"a", {"1", ""}}};
  Model added = base;
  added["k"] = {"copied", "added"};
  MetarangeId emptied_tree = trees.Write(emptied), added_tree = trees.Write(added);
  for (auto [from, to] : {std::pair(added_tree, emptied_tree), {emptied_tree, added_tree}}) {
    MetarangeId tree = Must(trees.store.Merge(trees.ns, base_tree, from, to, MergeStrategy::kNone));
    EXPECT_EQ(trees.Read(tree), (Model{{"a", {"1", ""}}, {"k", {"copied", "added"}}}));
  }
}

std::string IdentityIn(const Model& model, const std::string& key) {
  auto at = model.find(key);
  return at == model.end() ? "" : at->second.identity;
}

/// The merge of whole models: nothing if there is a conflict. Data are the source's where the table
/// says so; where both sides are equal by identity either record may be kept.
std::optional<std::map<std::string, std::string>> MergeModels(const Model& base,
                                                              const Model& source,
                                                              const Model& destination,
                                                              MergeStrategy strategy) {
  Model all = base;
  all.insert(source.begin(), source.end());
  all.insert(destination.begin(), destination.end());
  std::map<std::string, std::string> merged;
  for (const auto& [key, value] : all) {
    std::string s = IdentityIn(source, key), d = IdentityIn(destination, key);
    std::string outcome = Outcome(IdentityIn(base, key), s, d, strategy);
    if (outcome == "!") return std::nullopt;
    if (outcome != "-") merged[key] = outcome == "u" ? "undecided" : outcome == "s" ? s : d;
  }
  return merged;
}

TEST(Merge, OfRandomTreesFollowsTheTable) {
  const uint64_t seed = NewSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomTrees random(seed);
  int merges = 0, conflicts = 0;
  for (int round = 0; round < 600; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    StoreOptions options;
    if (round % 5 == 0) options.tree_cache_bytes = 1;
    Trees trees(kSmallRanges, options);
    Model base = random.Tree(100);
    Model source = Changed(base, random.Changes(base, 10));
    Model destination = Changed(base, random.Changes(base, 10));
    if (random.Below(10) == 0) source = random.Tree(100);
    if (random.Below(10) == 0) destination = random.Tree(100);
    MetarangeId base_tree = trees.Write(base);
    // Trees written anew and trees with kept ranges cut differently.
    auto tree_of = [&](const Model& model) {
      if (random.Below(2) == 0) return trees.Write(model);
      Model changes = model;
      for (const auto& [key, value] : base) changes.try_emplace(key, Value());
      return trees.Apply(base_tree, changes);
    };
    MetarangeId source_tree = tree_of(source), destination_tree = tree_of(destination);
    for (MergeStrategy strategy : kStrategies) {
      auto expected = MergeModels(base, source, destination, strategy);
      auto merged = trees.store.Merge(trees.ns, base_tree, source_tree, destination_tree, strategy);
      ASSERT_EQ(merged.ok(), expected.has_value()) << merged.status().ToString();
      if (!expected) {
        ++conflicts;
        ASSERT_EQ(merged.code(), Code::kConflict);
        continue;
      }
      ++merges;
      std::map<std::string, std::string> identities;
      for (const auto& [key, value] : trees.Read(*merged)) {
        identities[key] = value.identity;
        auto has = [&key = key, &value = value](const Model& model) {
          auto at = model.find(key);
          return at != model.end() && at->second == value;
        };
        // A tree made of the base keeps its record where the identity is the same.
        EXPECT_TRUE(has(source) || has(destination) || has(base) || value.identity == "undecided")
            << key;
      }
      ASSERT_EQ(identities, *expected);
    }
  }
  EXPECT_GT(merges, 300);
  EXPECT_GT(conflicts, 30);
}

TEST(Merge, TakesShortcutsOnEqualTrees) {
  Trees trees;
  MetarangeId a = trees.Write({{"a", {"1", ""}}}), b = trees.Write({{"b", {"1", ""}}});
  trees.objects.Reset();
  auto merge = [&](const MetarangeId& base, const MetarangeId& source, const MetarangeId& dest) {
    return Must(trees.store.Merge(trees.ns, base, source, dest, MergeStrategy::kNone));
  };
  EXPECT_EQ(merge(a, b, a), b);
  EXPECT_EQ(merge(a, a, b), b);
  EXPECT_EQ(merge(a, b, b), b);
  EXPECT_EQ(merge(MetarangeId(), MetarangeId(), a), a);
  EXPECT_EQ(merge(a, MetarangeId(), a), MetarangeId());
  EXPECT_TRUE(trees.objects.written().empty());
  EXPECT_EQ(merge(a, MetarangeId(), MetarangeId()), trees.Write({}));
}

class LargeMerge : public testing::Test {
 protected:
  LargeMerge() {
    for (int i = 10000; i < 12000; ++i) model_["key-" + std::to_string(i)] = {"identity", "data"};
    base_ = trees_.Write(model_);
  }

  /// Merges with nothing cached and counts.
  Result<MetarangeId> Merge(const Model& source, const Model& destination) {
    MetarangeId source_tree = trees_.Apply(base_, source);
    MetarangeId destination_tree = trees_.Apply(base_, destination);
    sst::TableStore cold(trees_.objects, {});
    Store store(cold, trees_.rule);
    trees_.objects.Reset();
    return store.Merge(trees_.ns, base_, source_tree, destination_tree, MergeStrategy::kNone);
  }

  Trees trees_;
  Model model_;
  MetarangeId base_;
};

TEST_F(LargeMerge, OpensNoRangeThatOneSideLeftAsItWas) {
  Model source{{"key-10100", {"new", ""}}, {"key-9", {"new", ""}}};
  Model destination{{"key-11000", Value()}, {"key-11900", {"new", ""}}, {"zzz", {"new", ""}}};
  MetarangeId merged = Must(Merge(source, destination));
  EXPECT_EQ(trees_.objects.written().size(), 1u);  // the metarange
  EXPECT_EQ(trees_.objects.opened().size(), 3u);   // the three metaranges
  EXPECT_EQ(trees_.Read(merged), Changed(Changed(model_, source), destination));
}

TEST_F(LargeMerge, OpensTheRangesThatBothChanged) {
  Model source{{"key-10100", {"new", ""}}};
  Model destination{{"key-10101", {"new", ""}}};
  MetarangeId merged = Must(Merge(source, destination));
  EXPECT_LE(trees_.objects.written().size(), 3u);
  EXPECT_LE(trees_.objects.opened().size(), 3u + 3u * 2u);
  EXPECT_EQ(trees_.Read(merged), Changed(Changed(model_, source), destination));
}

TEST_F(LargeMerge, LeavesNothingBehindAtAConflict) {
  EXPECT_EQ(Merge({{"key-10100", {"one", ""}}}, {{"key-10100", {"two", ""}}}).code(),
            Code::kConflict);
  EXPECT_TRUE(trees_.objects.written().empty());
}

TEST_F(LargeMerge, KeepsAddedRangesById) {
  Model source;
  for (int i = 0; i < 1000; ++i) source["added-" + std::to_string(i)] = {"new", ""};
  Model destination{{"key-11000", Value()}};
  MetarangeId merged = Must(Merge(source, destination));
  EXPECT_LE(trees_.objects.written().size(), 2u);
  EXPECT_LE(trees_.objects.opened().size(), 6u);
  EXPECT_EQ(trees_.Read(merged), Changed(Changed(model_, source), destination));
}

}  // namespace
}  // namespace tarn::committed
