#include "versioning/merge.h"

#include "versioning/branch/branches.h"
#include "versioning/branch/read.h"
#include "versioning/merge_base.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::RecordingHooks;
using testing::Tree;
using testing::World;

/// main and dev with a common commit, each with its own changes on top.
class MergeTest : public ::testing::Test {
 protected:
  MergeTest() {
    for (const char* path : {"both-change", "both-del", "change-del", "del-change", "left-del",
                             "left-only", "right-del", "right-only"}) {
      TARN_EXPECT_OK(world_.Put("main", path, "base"));
    }
    TARN_EXPECT_OK(world_.CommitAll("main"));
    TARN_EXPECT_OK(world_.Branch("dev"));
  }
  void Change(const std::string& branch, const Tree& puts, std::vector<std::string> deletes) {
    for (const auto& [path, text] : puts) TARN_EXPECT_OK(world_.Put(branch, path, text));
    for (const auto& path : deletes) TARN_EXPECT_OK(world_.Delete(branch, path));
    TARN_EXPECT_OK(world_.CommitAll(branch));
  }
  void ChangeBoth() {
    Change(
        "main",
        {{"both-change", "left"}, {"both-add", "left"}, {"change-del", "left"}, {"left-only", "l"}},
        {"del-change", "both-del", "left-del"});
    Change("dev",
           {{"both-change", "right"},
            {"both-add", "right"},
            {"del-change", "right"},
            {"right-only", "r"}},
           {"change-del", "both-del", "right-del"});
  }
  World world_;
};

TEST_F(MergeTest, TakesTheSourcesTreeWhenTheDestinationStoodStill) {
  Change("dev", {{"a", "1"}}, {});
  const auto source = world_.BranchRecord("dev").commit;
  const auto destination = world_.BranchRecord("main").commit;
  const auto merged = Must(world_.MergeInto("main", "dev"));
  EXPECT_EQ(merged.message, "Merge 'dev' into 'main'");
  EXPECT_EQ(merged.parents, (std::vector<CommitId>{destination, source}));
  EXPECT_EQ(merged.metadata, (Metadata{{".lakefs.merge.strategy", "default"}}));
  EXPECT_EQ(merged.metarange, Must(world_.refs.GetCommit(world_.repository, source))->metarange);
  EXPECT_EQ(merged.generation, 4);
  TARN_EXPECT_ERROR(world_.MergeInto("main", "dev"), Code::kNoChanges,
                    "update branch main: no changes");
  TARN_EXPECT_ERROR(world_.MergeInto("main", "main"), Code::kNoChanges,
                    "update branch main: no changes");
  MergeRequest again{.source = "dev", .destination = BranchId("main"), .committer = "t"};
  again.allow_empty = true;
  TARN_EXPECT_OK(Merge(world_.context, world_.repository, again));
  again.allow_empty = false;
  again.force = true;
  TARN_EXPECT_OK(Merge(world_.context, world_.repository, again));
}

TEST_F(MergeTest, ConflictsAndStrategies) {
  ChangeBoth();
  TARN_EXPECT_ERROR(world_.MergeInto("main", "dev"), Code::kConflict,
                    "update branch main: conflict found");
  TARN_EXPECT_OK(world_.Branch("w1"));
  TARN_EXPECT_OK(world_.Branch("w2"));
  const auto source_wins = Must(world_.MergeInto("w1", "dev", "source-wins"));
  EXPECT_EQ(source_wins.metadata.at(".lakefs.merge.strategy"), "source-wins");
  EXPECT_EQ(world_.ReadAll("w1"), (Tree{{"both-add", "right"},
                                        {"both-change", "right"},
                                        {"del-change", "right"},
                                        {"left-only", "l"},
                                        {"right-only", "r"}}));
  TARN_EXPECT_OK(world_.MergeInto("w2", "dev", "dest-wins"));
  EXPECT_EQ(world_.ReadAll("w2"), (Tree{{"both-add", "left"},
                                        {"both-change", "left"},
                                        {"change-del", "left"},
                                        {"left-only", "l"},
                                        {"right-only", "r"}}));
  TARN_EXPECT_ERROR(world_.MergeInto("main", "dev", "SOURCE-WINS"), Code::kInvalidValue,
                    "argument strategy: invalid value: validation error");
}

TEST_F(MergeTest, SquashHasOneParent) {
  Change("dev", {{"a", "1"}}, {});
  Change("dev", {{"a", "2"}}, {});
  const auto merged = Must(Merge(world_.context, world_.repository,
                                 {.source = "dev",
                                  .destination = BranchId("main"),
                                  .committer = "t",
                                  .message = "all in one",
                                  .metadata = {{"k", "v"}, {".lakefs.merge.strategy", "mine"}},
                                  .squash = true}));
  EXPECT_EQ(merged.parents.size(), 1u);
  EXPECT_EQ(merged.generation, 5);  // Of both sides, although only one is a parent.
  EXPECT_EQ(merged.message, "all in one");
  EXPECT_EQ(merged.metadata, (Metadata{{"k", "v"}, {".lakefs.merge.strategy", "default"}}));
}

TEST_F(MergeTest, Refusals) {
  Change("dev", {{"a", "1"}}, {});
  const struct {
    const char* source;
    const char* destination;
    Code code;
    const char* message;
  } rows[] = {
      {"nothing", "main", Code::kNotFound,
       "update branch main: get commit by ref nothing: not found"},
      {"dev", "nothing", Code::kBranchNotFound, "branch not found"},
      {"dev", "a.b", Code::kInvalidValue,
       "argument destination: branch id: invalid value: validation error"},
      {"dev~x", "main", Code::kInvalidValue,
       "update branch main: get commit by ref dev~x: could not parse modifier ~x: ref: invalid "
       "value: validation error"},
      {"dev$", "main", Code::kInvalidValue,
       "update branch main: get commit by ref dev$: reference 'dev$': reference to staging area "
       "with $ is not a commit"},
  };
  for (const auto& row : rows) {
    TARN_EXPECT_ERROR(world_.MergeInto(row.destination, row.source), row.code, row.message);
  }
  TARN_EXPECT_OK(world_.Put("main", "b", "1"));
  TARN_EXPECT_ERROR(world_.MergeInto("main", "dev"), Code::kDirtyBranch,
                    "uncommitted changes (dirty branch)");
  EXPECT_EQ(world_.ReadAll("main").count("b"), 1u);
}

TEST_F(MergeTest, WhatTheSourceStagedStaysThere) {
  Change("dev", {{"a", "1"}}, {});
  TARN_EXPECT_OK(world_.Put("dev", "staged", "1"));
  TARN_EXPECT_OK(world_.MergeInto("main", "dev"));
  EXPECT_EQ(world_.ReadAll("main").count("staged"), 0u);
}

TEST_F(MergeTest, MergeBase) {
  Change("dev", {{"a", "1"}}, {});
  const auto base = Must(FindMergeBase(world_.context, world_.repository, "dev", "main"));
  EXPECT_EQ(base.source.id, world_.BranchRecord("dev").commit);
  EXPECT_EQ(base.destination.id, world_.BranchRecord("main").commit);
  EXPECT_EQ(base.base.id, base.destination.id);
  TARN_EXPECT_ERROR(FindMergeBase(world_.context, world_.repository, "nothing", "main"),
                    Code::kNotFound, "get commit by branch nothing: not found");
}

/// Two branches that have merged the same two others, so that there are two best common ancestors.
class CrosswiseTest : public MergeTest {
 protected:
  CrosswiseTest() {
    TARN_EXPECT_OK(world_.Branch("one"));
    TARN_EXPECT_OK(world_.Branch("two"));
    Change("one", {{"both-change", "one"}, {"one", "1"}}, {});
    Change("two", {{"two", "2"}}, {"left-del", "right-del"});
    MergeBothInto("main");
  }
  void MergeBothInto(const std::string& branch, const std::string& strategy = "") {
    for (const char* source : {"one", "two"}) {
      TARN_EXPECT_OK(world_.MergeInto(branch, source, strategy));
    }
  }
  std::vector<std::string> ShownInto(const std::string& destination, const std::string& source) {
    const auto diff = Must(DiffMerge(world_.context, world_.repository, destination, source));
    std::vector<std::string> shown;
    TARN_EXPECT_OK(diff->Seek(""));
    while (diff->Valid()) {
      shown.push_back("+-~!"[static_cast<size_t>(diff->value().kind)] + std::string(diff->key()));
      TARN_EXPECT_OK(diff->Next());
    }
    return shown;
  }
};

TEST_F(CrosswiseTest, WhatOneSideUndidIsNotUndoneByTheOther) {
  MergeBothInto("dev");
  // A deletion that came with one base and a change that came with the other are taken back.
  Change("dev", {{"left-del", "base"}, {"both-change", "base"}}, {"one", "two"});
  EXPECT_EQ(ShownInto("main", "dev"),
            (std::vector<std::string>{"~both-change", "+left-del", "-one", "-two"}));
  TARN_EXPECT_OK(world_.MergeInto("main", "dev"));
  EXPECT_EQ(world_.ReadAll("main"), world_.ReadAll("dev"));
  EXPECT_EQ(world_.ReadAll("main").count("left-del"), 1u);
  EXPECT_EQ(world_.ReadAll("main").at("both-change"), "base");
}

TEST_F(CrosswiseTest, WhatTheSourceTookBackComesBackInADestinationThatStoodStill) {
  MergeBothInto("dev");
  Change("main", {{"right-del", "base"}}, {});
  Change("dev", {{"only-dev", "1"}}, {});
  EXPECT_EQ(ShownInto("main", "dev"), std::vector<std::string>{"+only-dev"});
  TARN_EXPECT_OK(world_.MergeInto("main", "dev"));
  EXPECT_EQ(world_.ReadAll("main").count("right-del"), 1u);
}

TEST_F(CrosswiseTest, WhereTheBasesDisagreeTheSidesMustAgree) {
  TARN_EXPECT_OK(world_.Branch("three", "one~1"));
  TARN_EXPECT_OK(world_.Branch("left", "one~1"));
  TARN_EXPECT_OK(world_.Branch("right", "one~1"));
  Change("three", {{"both-change", "three"}}, {});
  for (const char* branch : {"left", "right"}) {
    TARN_EXPECT_OK(world_.MergeInto(branch, "one"));
    TARN_EXPECT_OK(world_.MergeInto(branch, "three", "source-wins"));
  }
  EXPECT_EQ(ShownInto("left", "right"), std::vector<std::string>());
  Change("right", {{"both-change", "one"}}, {});
  EXPECT_EQ(ShownInto("left", "right"), std::vector<std::string>{"!both-change"});
  TARN_EXPECT_ERROR(world_.MergeInto("left", "right"), Code::kConflict,
                    "update branch left: conflict found");
  TARN_EXPECT_OK(world_.MergeInto("left", "right", "source-wins"));
  EXPECT_EQ(world_.ReadAll("left").at("both-change"), "one");
}

TEST(MergeHooksTest, RunWithTheCommitAndAbort) {
  RecordingHooks hooks;
  World world(&hooks);
  TARN_EXPECT_OK(world.Branch("dev"));
  TARN_EXPECT_OK(world.Put("dev", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("dev"));
  hooks.failing = "pre-merge";
  const Status refused = world.MergeInto("main", "dev").status();
  EXPECT_EQ(refused.code(), Code::kHookFailed);
  EXPECT_TRUE(
      refused.message().starts_with("update branch main: pre-merge hook aborted, run id '"));
  EXPECT_EQ(world.ReadAll("main"), Tree());
}

}  // namespace
}  // namespace tarn::versioning
