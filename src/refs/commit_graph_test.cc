#include "refs/commit_graph.h"

#include "refs/testing/refs_fixture.h"

namespace tarn::refs {
namespace {

CommitId IdOf(char digit) { return CommitId(std::string(64, digit)); }

TEST(CommitGraphTest, GivesBackWhatItTook) {
  CommitGraph graph(100);
  const CommitNode merge{IdOf('a'), {1'700'000'000, 5}, 7, {IdOf('b'), IdOf('c')}};
  graph.Insert("uid", merge);
  const auto found = graph.Find("uid", merge.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, merge.id);
  EXPECT_EQ(found->created, merge.created);
  EXPECT_EQ(found->generation, 7);
  EXPECT_EQ(found->parents, merge.parents);
  EXPECT_FALSE(graph.Find("another life", merge.id));
  EXPECT_FALSE(graph.Find("uid", IdOf('b')));
}

TEST(CommitGraphTest, LeavesOutWhatDoesNotFit) {
  CommitGraph graph(100);
  graph.Insert("uid", {CommitId("short"), {}, 1, {}});
  graph.Insert("uid", {IdOf('A'), {}, 1, {}});
  graph.Insert("uid", {IdOf('d'), {}, 1, {CommitId("parent")}});
  graph.Insert("uid", {IdOf('e'), {}, 1, {IdOf('1'), IdOf('2'), IdOf('3')}});
  for (const CommitId& id : {CommitId("short"), IdOf('A'), IdOf('a'), IdOf('d'), IdOf('e')})
    EXPECT_FALSE(graph.Find("uid", id)) << id;
}

TEST(CommitGraphTest, RemembersBases) {
  CommitGraph graph(100);
  using Ids = std::vector<CommitId>;
  graph.InsertBases("uid", Ids{IdOf('1')}, IdOf('2'), {IdOf('3'), IdOf('6')});
  graph.InsertBases("uid", Ids{IdOf('4')}, IdOf('5'), {});
  EXPECT_EQ(graph.FindBases("uid", Ids{IdOf('1')}, IdOf('2')), (Ids{IdOf('3'), IdOf('6')}));
  EXPECT_EQ(graph.FindBases("uid", Ids{IdOf('4')}, IdOf('5')), Ids());
  EXPECT_FALSE(graph.FindBases("uid", Ids{IdOf('2')}, IdOf('1')));
  EXPECT_FALSE(graph.FindBases("uid", Ids{IdOf('1'), IdOf('4')}, IdOf('2')));
  EXPECT_FALSE(graph.FindBases("other", Ids{IdOf('1')}, IdOf('2')));
}

class SmallGraph : public RefsTest {};

/// A walk gives the same with a graph that holds hardly anything.
TEST_F(SmallGraph, WalksDoNotNeedIt) {
  Store small(kv_, clock_, *random_, {.commit_cache_bytes = 1, .commit_graph_nodes = 2});
  std::vector<CommitId> line{Add("root")};
  for (int i = 0; i < 20; ++i) line.push_back(Add("commit", {line.back()}));
  for (int round = 0; round < 2; ++round) {
    std::vector<CommitId> walked;
    EXPECT_TRUE(small
                    .Log(repository_, {.start = line.back()},
                         [&](const CommitNode& node) -> Result<bool> {
                           walked.insert(walked.begin(), node.id);
                           return true;
                         })
                    .ok());
    EXPECT_EQ(walked, line);
    const auto base = small.FindMergeBase(repository_, line[5], line.back());
    ASSERT_TRUE(base.ok() && *base);
    EXPECT_EQ((*base)->id, line[5]);
  }
}

}  // namespace
}  // namespace tarn::refs
