// Commits: records against a model, ranges against the rules followed one record at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "committed/testing/trees.h"
#include "committed/tree_writer.h"
#include "runtime/worker_pool.h"

namespace tarn::committed {
namespace {

/// What a commit counts.
ApplyResult CountsOf(const Model& base, const Model& changes) {
  ApplyResult counts;
  for (const auto& [key, change] : changes) {
    auto old = base.find(key);
    if (change.identity.empty()) {
      counts.removed += old != base.end();
    } else if (old == base.end()) {
      ++counts.added;
    } else {
      counts.changed += old->second.identity != change.identity;
    }
  }
  return counts;
}

/// The reference's algorithm on plain lists: which ranges are kept, where records are cut.
MetarangeId ApplySlowly(Trees& trees, const std::vector<RangeInfo>& ranges, const Model& base,
                        const Model& changes) {
  TreeWriter out(trees.tables, trees.ns, trees.rule, {});
  auto change = changes.begin();
  auto write = [&](const std::string& key, const Value& value) {
    if (value.identity.empty()) return;
    EXPECT_TRUE(out.WriteRecord(key, value.view()).ok());
  };
  for (const RangeInfo& range : ranges) {
    if (change == changes.end() || range.max_key < change->first) {
      EXPECT_TRUE(out.WriteRange(range).ok());
      continue;
    }
    for (auto at = base.find(range.min_key); at != base.end() && at->first <= range.max_key; ++at) {
      for (; change != changes.end() && change->first < at->first; ++change) {
        write(change->first, change->second);
      }
      const bool changed = change != changes.end() && change->first == at->first;
      const bool differs = changed && change->second.identity != at->second.identity;
      write(at->first, differs ? change->second : at->second);
      if (changed) ++change;
    }
  }
  for (; change != changes.end(); ++change) write(change->first, change->second);
  return Must(out.Close());
}

TEST(Apply, MakesTheRecordsCountsAndRangesOfTheReference) {
  const uint64_t seed = NewSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomTrees random(seed);
  for (int round = 0; round < 300; ++round) {
    sst::BreakRule rule = kSmallRanges;
    if (round % 3 == 0) rule = {0, 200 + random.Below(800), 1000};  // cut by size
    Trees trees(rule);
    Model model = random.Tree(100);
    MetarangeId tree = trees.Write(model);
    for (int commit = 0; commit < 4; ++commit) {
      Model changes = random.Changes(model, 12);
      ApplyResult result = Must(trees.ApplyAll(tree, changes));
      ApplyResult counts = CountsOf(model, changes);
      ASSERT_EQ(result.added, counts.added);
      ASSERT_EQ(result.changed, counts.changed);
      ASSERT_EQ(result.removed, counts.removed);
      if (counts.total() == 0) {
        ASSERT_EQ(result.metarange, tree);
      } else {
        ASSERT_EQ(result.metarange, ApplySlowly(trees, trees.Ranges(tree), model, changes));
      }
      model = Changed(model, changes);
      tree = result.metarange;
      ASSERT_EQ(trees.Read(tree), model);
    }
  }
}

TEST(Apply, KeepsTheBaseRecordOfAnEqualIdentity) {
  Trees trees;
  MetarangeId base = trees.Write({{"a", {"same", "old"}}, {"b", {"one", "old"}}});
  MetarangeId tree = trees.Apply(base, {{"a", {"same", "new"}}, {"b", {"two", "new"}}});
  EXPECT_EQ(trees.Read(tree), (Model{{"a", {"same", "old"}}, {"b", {"two", "new"}}}));
}

TEST(Apply, CutsCopiedRecordsWhereARangeEndedWithAnAddedOne) {
  Trees trees;
  std::string last = "m";
  while (!trees.rule.BreaksAtKey(last)) last += 'm';
  ASSERT_FALSE(trees.rule.BreaksAtKey("a"));
  MetarangeId tree = trees.Apply(MetarangeId(), {{"a", {"1", ""}}});
  // The removal before "a" opens its range: "a" is copied, the last key is added.
  tree = trees.Apply(tree, {{"0", Value()}, {last, {"1", ""}}});
  tree = trees.Apply(tree, {{"z", {"1", ""}}});
  ASSERT_EQ(trees.Ranges(tree).size(), 2u);
  tree = trees.Apply(tree, {{"0", Value()}, {"z", Value()}, {"z1", {"1", ""}}});
  EXPECT_EQ(trees.Ranges(tree).at(0).max_key, last);
}

TEST(Apply, WritesNothingWhenNothingChanges) {
  Trees trees;
  Model model{{"a", {"1", ""}}, {"b", {"2", ""}}, {"c", {"3", ""}}};
  MetarangeId base = trees.Write(model);
  trees.objects.Reset();
  Model changes{{"a", {"1", "other"}}, {"bb", Value()}, {"c", {"3", "other"}}, {"d", Value()}};
  ApplyResult result = Must(trees.ApplyAll(base, changes));
  EXPECT_EQ(result.total(), 0);
  EXPECT_EQ(result.metarange, base);
  EXPECT_TRUE(trees.objects.written().empty());
}

TEST(Apply, OfNothingToNothingIsTheStoredEmptyTree) {
  Trees trees;
  ApplyResult result = Must(trees.ApplyAll(MetarangeId(), {{"a", Value()}}));
  EXPECT_EQ(result.total(), 0);
  EXPECT_EQ(result.metarange, trees.Write({}));
}

TEST(Apply, OfTheRemovalOfAllIsTheStoredEmptyTree) {
  Trees trees;
  MetarangeId base = trees.Write({{"a", {"1", ""}}, {"b", {"2", ""}}});
  ApplyResult result = Must(trees.ApplyAll(base, {{"a", Value()}, {"b", Value()}}));
  EXPECT_EQ(result.removed, 2);
  EXPECT_EQ(result.metarange, trees.Write({}));
}

/// Many ranges of a few records.
Model LargeModel() {
  Model model;
  for (int i = 10000; i < 12000; ++i) model["key-" + std::to_string(i)] = {"identity", "data"};
  return model;
}

TEST(Apply, WritesAndOpensOnlyRangesThatAChangeTouches) {
  Trees trees;
  MetarangeId base = trees.Write(LargeModel());
  const std::vector<RangeInfo> before = trees.Ranges(base);
  ASSERT_GT(before.size(), 200u);
  sst::TableStore cold(trees.objects, {});
  Store store(cold, trees.rule);
  trees.objects.Reset();
  MapIterator<ValueView, Value> changes(Model{{"key-10500", {"new", "data"}}});
  MetarangeId after = Must(store.Apply(trees.ns, base, changes)).metarange;
  EXPECT_EQ(trees.objects.written().size(), 2u);  // a range and the metarange
  EXPECT_EQ(trees.objects.opened().size(), 2u);
  const std::vector<RangeInfo> ranges = trees.Ranges(after);
  EXPECT_EQ(ranges.size(), before.size());
  size_t same = 0;
  for (size_t i = 0; i < ranges.size(); ++i) same += ranges[i] == before[i];
  EXPECT_EQ(same, ranges.size() - 1);
}

TEST(Apply, LeavesNoTreeWhenAWriteFails) {
  Trees trees;
  MetarangeId base = trees.Write(LargeModel());
  for (int writes = 0; writes < 2; ++writes) {
    trees.objects.FailWritesAfter(writes);
    auto result = trees.ApplyAll(base, {{"key-10500", {"failing", std::to_string(writes)}}});
    EXPECT_EQ(result.code(), Code::kNoSpace);
  }
  trees.objects.FailWritesAfter(-1);
  EXPECT_EQ(Must(trees.ApplyAll(base, {{"key-10500", {"new", ""}}})).changed, 1);
}

TEST(WriteTree, MakesTheSameTreeWithAPool) {
  Trees alone;
  MetarangeId expected = alone.Write(LargeModel());
  runtime::WorkerPool pool({"upload", 2, 2});  // with a queue that will be full
  StoreOptions options;
  options.uploads.pool = &pool;
  Trees trees(kSmallRanges, options);
  EXPECT_EQ(trees.Write(LargeModel()), expected);
  EXPECT_EQ(trees.Read(expected), LargeModel());
  EXPECT_EQ(trees.objects.written(), alone.objects.written());
}

TEST(WriteTree, DoesNotWaitForAPoolThatIsBusy) {
  Trees alone;
  MetarangeId expected = alone.Write(LargeModel());
  std::promise<void> finished;  // outlives the pool, whose thread may come to it late
  runtime::WorkerPool pool({"upload", 1, 64});
  TARN_ASSERT_OK(pool.Submit([&] { finished.get_future().wait(); }));
  StoreOptions options;
  options.uploads.pool = &pool;
  Trees trees(kSmallRanges, options);
  EXPECT_EQ(trees.Write(LargeModel()), expected);
  finished.set_value();
}

TEST(WriteTree, ReportsAFailureOnThePool) {
  runtime::WorkerPool pool({"upload", 2, 64});
  StoreOptions options;
  options.uploads.pool = &pool;
  Trees trees(kSmallRanges, options);
  trees.objects.FailWritesAfter(50);
  MapIterator<ValueView, Value> records(LargeModel());
  EXPECT_EQ(trees.store.WriteTree(trees.ns, records).code(), Code::kNoSpace);
}

}  // namespace
}  // namespace tarn::committed
