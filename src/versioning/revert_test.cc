#include "versioning/revert.h"

#include "versioning/cherry_pick.h"
#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::AllInterleavings;
using testing::AsAnotherServer;
using testing::Must;
using testing::RecordingHooks;
using testing::Tree;
using testing::World;

/// main: root, "1", "2", a merge of dev (which added "s"). Each number is a path, too.
class RevertTest : public ::testing::Test {
 protected:
  RevertTest() : world_(&hooks_) {
    one_ = CommitPut("main", "1", "x");
    two_ = CommitPut("main", "2", "x");
    TARN_EXPECT_OK(world_.Branch("dev"));
    side_ = CommitPut("dev", "s", "x");
    three_ = CommitPut("main", "3", "x");
    merge_ = Must(world_.MergeInto("main", "dev")).id.str();
    hooks_.events.clear();
  }
  std::string CommitPut(const std::string& branch, const std::string& path,
                        const std::string& text) {
    TARN_EXPECT_OK(world_.Put(branch, path, text));
    return Must(world_.CommitAll(branch)).id.str();
  }
  Result<refs::Commit> RevertRef(const std::string& ref, int64_t parent = 0,
                                 bool allow_empty = false) {
    return Revert(world_.context, world_.repository,
                  {.branch = BranchId("main"),
                   .ref = ref,
                   .parent_number = parent,
                   .committer = "tester",
                   .overrides = {},
                   .allow_empty = allow_empty});
  }
  Result<refs::Commit> Pick(const std::string& branch, const std::string& ref,
                            std::optional<int64_t> parent = {}, CommitOverrides overrides = {}) {
    return CherryPick(world_.context, world_.repository,
                      {.branch = BranchId(branch),
                       .ref = ref,
                       .parent_number = parent,
                       .committer = "picker",
                       .overrides = std::move(overrides)});
  }
  RecordingHooks hooks_;
  World world_;
  std::string one_, two_, side_, three_, merge_;
};

TEST_F(RevertTest, UndoesPlainCommits) {
  const CommitId head = world_.BranchRecord("main").commit;
  const auto reverted = Must(RevertRef(one_));
  EXPECT_EQ(reverted.message, "Revert " + one_);
  EXPECT_EQ(reverted.committer, "tester");
  EXPECT_EQ(reverted.parents, std::vector<CommitId>{head});
  EXPECT_EQ(reverted.generation, 6);
  EXPECT_TRUE(reverted.metadata.empty());
  EXPECT_EQ(world_.ReadAll("main"), (Tree{{"2", "x"}, {"3", "x"}, {"s", "x"}}));
  TARN_EXPECT_OK(RevertRef("main"));  // The revert itself.
  EXPECT_EQ(world_.ReadAll("main").size(), 4u);
  TARN_EXPECT_OK(RevertRef(two_, 1));
  EXPECT_EQ(world_.ReadAll("main").count("2"), 0u);
}

TEST_F(RevertTest, MergesNeedAParentNumber) {
  TARN_EXPECT_ERROR(RevertRef(merge_), Code::kRevertNeedsParent,
                    "must specify 1-based parent number for reverting merge commit");
  TARN_EXPECT_ERROR(RevertRef(merge_, 3), Code::kParentOutOfRange,
                    "given commit does not have the given parent number: parent 3");
  TARN_EXPECT_ERROR(RevertRef(merge_, -1), Code::kInvalidValue,
                    "argument parentNumber: invalid value: validation error");
  TARN_EXPECT_OK(RevertRef(merge_, 1));
  EXPECT_EQ(world_.ReadAll("main"), (Tree{{"1", "x"}, {"2", "x"}, {"3", "x"}}));
  TARN_EXPECT_ERROR(RevertRef(merge_, 1), Code::kNoChanges, "update branch: no changes");
  TARN_EXPECT_OK(RevertRef(merge_, 1, /*allow_empty=*/true));
  TARN_EXPECT_OK(RevertRef(merge_, 2));
  EXPECT_EQ(world_.ReadAll("main"), (Tree{{"1", "x"}, {"2", "x"}}));
}

TEST_F(RevertTest, OfTheFirstCommit) {
  TARN_EXPECT_ERROR(RevertRef(one_ + "~1"), Code::kNoChanges, "update branch: no changes");
  TARN_EXPECT_ERROR(RevertRef(one_ + "~1", 1), Code::kParentOutOfRange,
                    "given commit does not have the given parent number: parent 1");
  const auto empty = Must(RevertRef(one_ + "~1", 0, /*allow_empty=*/true));
  EXPECT_EQ(world_.ReadAll("main").size(), 4u);
  EXPECT_EQ(empty.generation, 6);
}

TEST_F(RevertTest, Overrides) {
  RevertRequest request{.branch = BranchId("main"), .ref = one_, .committer = "t", .overrides = {}};
  request.overrides = {.message = "mine", .metadata = Metadata{{"k", "v"}}};
  const auto reverted = Must(Revert(world_.context, world_.repository, request));
  EXPECT_EQ(reverted.message, "mine");
  EXPECT_EQ(reverted.metadata, (Metadata{{"k", "v"}}));
}

TEST_F(RevertTest, Refusals) {
  CommitPut("main", "1", "changed");
  TARN_EXPECT_ERROR(RevertRef(one_), Code::kConflict, "update branch: conflict found");
  TARN_EXPECT_ERROR(RevertRef("nothing"), Code::kNotFound,
                    "get commit from ref nothing: not found");
  TARN_EXPECT_ERROR(RevertRef("main$"), Code::kInvalidValue,
                    "get commit from ref main$: reference 'main$': reference to staging area with "
                    "$ is not a commit");
  TARN_EXPECT_OK(world_.Put("main", "dirty", "x"));
  TARN_EXPECT_ERROR(RevertRef("main"), Code::kDirtyBranch, "uncommitted changes (dirty branch)");
  TARN_EXPECT_ERROR(Pick("main", side_), Code::kDirtyBranch, "uncommitted changes (dirty branch)");
  world_.repository.read_only = true;
  EXPECT_EQ(RevertRef("main").code(), Code::kReadOnlyRepository);
  EXPECT_EQ(Pick("main", side_).code(), Code::kReadOnlyRepository);
}

TEST_F(RevertTest, PickRepeatsAChange) {
  CommitOverrides overrides{.message = "mine", .metadata = {}};
  const auto picked = Must(Pick("dev", three_, {}, overrides));
  EXPECT_EQ(picked.message, "mine");
  EXPECT_EQ(picked.committer, "picker");
  EXPECT_EQ(picked.metadata,
            (Metadata{{"cherry-pick-origin", three_}, {"cherry-pick-committer", "tester"}}));
  EXPECT_EQ(picked.parents, std::vector<CommitId>{CommitId(side_)});
  EXPECT_EQ(world_.ReadAll("dev"), (Tree{{"1", "x"}, {"2", "x"}, {"3", "x"}, {"s", "x"}}));
  // A change that is there already makes a commit nonetheless.
  const auto again =
      Must(Pick("dev", three_, 1, {.message = "", .metadata = Metadata{{"a", "b"}}}));
  EXPECT_EQ(again.message, "m");
  EXPECT_EQ(again.metadata.size(), 3u);
  EXPECT_EQ(again.metarange, picked.metarange);
  // The picked commit is not touched.
  EXPECT_TRUE(Must(world_.refs.GetCommit(world_.repository, CommitId(three_)))->metadata.empty());
}

TEST_F(RevertTest, PickOfMergesAndItsRefusals) {
  TARN_EXPECT_OK(world_.Branch("old", one_));
  TARN_EXPECT_ERROR(Pick("old", merge_), Code::kInvalidValue,
                    "must specify 1-based parent number for cherry-picking merge commit");
  TARN_EXPECT_ERROR(Pick("old", merge_, 3), Code::kParentOutOfRange,
                    "parent 3: given commit does not have the given parent number");
  TARN_EXPECT_ERROR(Pick("old", merge_, 0), Code::kInvalidValue,
                    "argument parentNumber: value should be greater than 0: invalid value: "
                    "validation error");
  TARN_EXPECT_ERROR(Pick("old", one_ + "~1"), Code::kParentOutOfRange,
                    "parent 1: given commit does not have the given parent number");
  TARN_EXPECT_OK(Pick("old", merge_, 1));
  EXPECT_EQ(world_.ReadAll("old"), (Tree{{"1", "x"}, {"s", "x"}}));
  CommitPut("old", "3", "other");
  TARN_EXPECT_ERROR(Pick("old", three_), Code::kConflict, "update branch: conflict found");
  const auto empty = Must(RevertRef(one_ + "~1", 0, /*allow_empty=*/true));
  TARN_EXPECT_ERROR(Pick("old", empty.id.str()), Code::kNoChanges, "update branch: no changes");
}

TEST_F(RevertTest, HooksRunAndAbort) {
  TARN_EXPECT_OK(RevertRef(one_));
  TARN_EXPECT_OK(Pick("dev", three_));
  EXPECT_EQ(hooks_.events, (std::vector<std::string>{"pre-revert", "post-revert", "pre-cherry-pick",
                                                     "post-cherry-pick"}));
  const CommitId head = world_.BranchRecord("main").commit;
  hooks_.failing = "pre-revert";
  EXPECT_EQ(RevertRef(two_).code(), Code::kHookFailed);
  EXPECT_EQ(world_.BranchRecord("main").commit, head);
}

/// Others commit between the steps: the revert goes onto what they made, or finds a conflict.
TEST(RevertInterleavingTest, CommitsComeBetween) {
  for (const bool conflicting : {false, true}) {
    AllInterleavings([&](World& world, const std::vector<int>& calls) {
      TARN_EXPECT_OK(world.Put("main", "a", "1"));
      const std::string undone = Must(world.CommitAll("main")).id.str();
      int commits = 0;
      world.kv->Arm(calls, [&] {
        const std::string path = conflicting ? "a" : "other";
        TARN_EXPECT_OK(world.Put("main", path, "v" + std::to_string(++commits)));
        AsAnotherServer(world, [&] { TARN_EXPECT_OK(world.CommitAll("main")); });
        world.DropTokens();
      });
      const auto reverted =
          Revert(world.context, world.repository,
                 {.branch = BranchId("main"), .ref = undone, .committer = "t", .overrides = {}});
      const int interrupted = world.kv->Disarm();
      Tree expected;
      if (commits > 0) expected[conflicting ? "a" : "other"] = "v" + std::to_string(commits);
      if (conflicting && interrupted > 0 && reverted.ok()) {
        // Done before the last commit, or between two.
        EXPECT_TRUE(world.ReadAll("main") == expected || world.ReadAll("main").empty());
      } else if (!reverted.ok()) {
        EXPECT_TRUE(conflicting && interrupted > 0);
        EXPECT_EQ(reverted.code(), Code::kConflict) << reverted.status().ToString();
        EXPECT_EQ(world.ReadAll("main"), expected);
      } else {
        EXPECT_EQ(world.ReadAll("main"), expected);
      }
      return interrupted;
    });
  }
}

}  // namespace
}  // namespace tarn::versioning
