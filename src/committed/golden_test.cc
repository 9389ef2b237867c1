// The reference's own trees: what it made of its commits and merges we make, too, id for id.
#include <gtest/gtest.h>

#include <queue>

#include "committed/testing/golden.h"
#include "committed/testing/trees.h"

namespace tarn::committed {
namespace {

/// Limits of the fixture's sets split-ranges and split-after-change.
constexpr sst::BreakRule kSplitRule{2048, 12000, 30};
/// Limits of the installation takeover-a.
constexpr sst::BreakRule kTakeoverRule{0, 20971520, 1500};
const MetarangeId kSplit("c574eb7128ff26d24fc65f6b99abd6ea5dac2208c155289c3f5bd5a2f739ae52");
const MetarangeId kSplitLater("1f09407b46e4ce1dc42ad33b608cc062d3fe2d4cd3fd662d728c7362ccceda76");

/// What leads from one tree to another, as changes.
Model ChangesBetween(Trees& trees, const MetarangeId& from, const MetarangeId& to) {
  Model changes;
  auto diff = Must(trees.store.Diff(trees.ns, from, to));
  Status status = diff->Seek({});
  while (status.ok() && diff->Valid()) {
    const ValueView& value = diff->value().right;
    changes[std::string(diff->key())] = {std::string(value.identity), std::string(value.data)};
    status = diff->Next();
  }
  EXPECT_TRUE(status.ok()) << status.ToString();
  return changes;
}

TEST(Golden, RangesAreCutAsTheReferenceCutsThem) {
  Trees trees(kSplitRule);
  if (!LoadGoldenTables(trees.memory, trees.ns)) GTEST_SKIP() << "no golden tables";
  Model model = trees.Read(kSplit);
  EXPECT_EQ(model.size(), 900u);
  EXPECT_EQ(trees.Ranges(kSplit).size(), 20u);
  EXPECT_EQ(trees.Write(model), kSplit);
  MapIterator<ValueView, Value> records(model);
  EXPECT_EQ(Must(trees.store.ReplaceAndInsert(trees.ns, MetarangeId(), {{""}, {}}, records)),
            kSplit);
}

TEST(Golden, ACommitKeepsAndRewritesTheRangesOfTheReference) {
  Trees trees(kSplitRule);
  if (!LoadGoldenTables(trees.memory, trees.ns)) GTEST_SKIP() << "no golden tables";
  EXPECT_EQ(trees.Apply(kSplit, ChangesBetween(trees, kSplit, kSplitLater)), kSplitLater);
}

/// The common ancestor with the greatest generation.
std::string MergeBase(const std::map<std::string, GoldenCommit>& commits, const std::string& a,
                      const std::string& b) {
  std::map<std::string, int> reached{{a, 1}, {b, 2}};
  std::priority_queue<std::pair<int64_t, std::string>> open;
  for (const std::string& id : {a, b}) open.emplace(commits.at(id).generation, id);
  while (!open.empty()) {
    const std::string id = open.top().second;
    open.pop();
    if (reached[id] == 3) return id;
    for (const std::string& parent : commits.at(id).parents) {
      reached[parent] |= reached[id];
      open.emplace(commits.at(parent).generation, parent);
    }
  }
  return {};
}

TEST(Golden, EveryCommitAndMergeOfAnInstallationGivesItsTree) {
  if (!HaveTakeoverTables()) GTEST_SKIP() << "the recorded installation is not here";
  Trees trees(kTakeoverRule);
  LoadTakeoverTables(trees.memory, trees.ns);
  const std::map<std::string, GoldenCommit> commits = TakeoverCommits();
  int applied = 0, others = 0, merged = 0;
  for (const auto& [id, commit] : commits) {
    SCOPED_TRACE("commit " + id);
    if (commit.parents.empty()) continue;
    const MetarangeId& parent = commits.at(commit.parents[0]).tree;
    if (commit.parents.size() == 1) {
      MetarangeId tree = trees.Apply(parent, ChangesBetween(trees, parent, commit.tree));
      // Of a cherry-pick or squash the records are the same, but it was made as a merge.
      EXPECT_EQ(trees.Read(tree), trees.Read(commit.tree));
      ++(tree == commit.tree ? applied : others);
      continue;
    }
    const std::string base = MergeBase(commits, commit.parents[0], commit.parents[1]);
    MergeStrategy strategy = MergeStrategy::kNone;
    if (commit.strategy == "source-wins") strategy = MergeStrategy::kSourceWins;
    if (commit.strategy == "dest-wins") strategy = MergeStrategy::kDestinationWins;
    EXPECT_EQ(Must(trees.store.Merge(trees.ns, commits.at(base).tree,
                                     commits.at(commit.parents[1]).tree, parent, strategy)),
              commit.tree);
    ++merged;
  }
  EXPECT_GT(applied, 200);
  EXPECT_LE(others, 1);
  EXPECT_GE(merged, 5);
}

}  // namespace
}  // namespace tarn::committed
