#include "versioning/reset.h"

#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::AllInterleavings;
using testing::AllStarts;
using testing::ExpectTree;
using testing::Must;
using testing::OtherCommits;
using testing::Start;
using testing::Tree;
using testing::World;

Status ResetAll(World& world) {
  return ResetBranch(world.context, world.repository, BranchId("main"), false);
}
Status ResetBelow(World& world, const std::string& prefix) {
  return ResetPrefix(world.context, world.repository, BranchId("main"), prefix, false);
}
Status ResetOne(World& world, const std::string& path) {
  return ResetPath(world.context, world.repository, BranchId("main"), path, false);
}
Status HardReset(World& world, const std::string& ref) {
  return HardResetBranch(world.context, world.repository, BranchId("main"), ref, false);
}

/// Keys of the uncommitted changes.
std::string Changes(World& world) {
  const auto diff = Must(DiffUncommitted(world.context, world.repository, BranchId("main")));
  std::string keys;
  TARN_EXPECT_OK(diff->Seek(""));
  while (diff->Valid()) {
    keys += std::string(diff->key()) + " ";
    TARN_EXPECT_OK(diff->Next());
  }
  return keys;
}

/// A branch with committed, changed, deleted and new paths, some of the changes sealed.
class ResetTest : public ::testing::Test {
 protected:
  ResetTest() {
    for (const char* path : {"a", "b", "d/1", "d/2"}) TARN_EXPECT_OK(world_.Put("main", path, "1"));
    TARN_EXPECT_OK(world_.CommitAll("main"));
    for (const char* path : {"a", "b", "d/1", "d/new", "new"}) {
      TARN_EXPECT_OK(world_.Put("main", path, "2"));
    }
    TARN_EXPECT_OK(world_.Delete("main", "d/2"));
  }
  /// Leaves the changes of now under a sealed token, as a commit does that fails.
  void Seal() {
    TARN_EXPECT_OK(world_.refs.UpdateBranch(
        world_.repository, BranchId("main"), [&](refs::Branch* branch) -> Result<bool> {
          branch->sealed_tokens.insert(branch->sealed_tokens.begin(), branch->staging_token);
          branch->staging_token =
              staging::NewStagingToken(*world_.random, world_.repository.id, branch->id);
          return true;
        }));
  }
  World world_;
};

TEST_F(ResetTest, OnePath) {
  for (const bool sealed : {false, true}) {
    if (sealed) Seal();
    EXPECT_EQ(Changes(world_), sealed ? "b d/1 new " : "a b d/1 d/2 d/new new ");
    for (const char* path : sealed ? std::vector<const char*>{"b", "new", "none"}
                                   : std::vector<const char*>{"a", "d/2", "d/new", "none"}) {
      TARN_EXPECT_OK(ResetOne(world_, path));
      TARN_EXPECT_OK(ResetOne(world_, path));
    }
  }
  EXPECT_EQ(Changes(world_), "d/1 ");
  TARN_EXPECT_OK(world_.Put("main", "b", "3"));  // Over the record that hides the sealed one.
  TARN_EXPECT_OK(ResetOne(world_, "b"));
  EXPECT_EQ(Changes(world_), "d/1 ");
  TARN_EXPECT_ERROR(ResetOne(world_, ""), Code::kPathRequired,
                    "argument path: missing path: required value: validation error");
}

TEST_F(ResetTest, Prefix) {
  for (const bool sealed : {false, true}) {
    if (sealed) Seal();
    TARN_EXPECT_OK(ResetBelow(world_, sealed ? "ne" : "d/"));
    EXPECT_EQ(Changes(world_), sealed ? "a b " : "a b new ");
    TARN_EXPECT_OK(ResetBelow(world_, "zzz"));
  }
  EXPECT_EQ(world_.ReadAll("main"), (Tree{{"a", "2"}, {"b", "2"}, {"d/1", "1"}, {"d/2", "1"}}));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  EXPECT_EQ(world_.ReadAll("main@"), (Tree{{"a", "2"}, {"b", "2"}, {"d/1", "1"}, {"d/2", "1"}}));
}

TEST_F(ResetTest, PrefixWithoutChangesLeavesTheBranchAlone) {
  const auto before = world_.BranchRecord("main");
  TARN_EXPECT_OK(ResetBelow(world_, "zzz"));
  EXPECT_EQ(world_.BranchRecord("main").staging_token, before.staging_token);
}

TEST_F(ResetTest, Everything) {
  Seal();
  TARN_EXPECT_OK(world_.Put("main", "later", "1"));
  TARN_EXPECT_OK(ResetAll(world_));
  EXPECT_EQ(Changes(world_), "");
  world_.DropTokens();
  EXPECT_EQ(world_.ReadAll("main").size(), 4u);
  const auto clean = world_.BranchRecord("main");
  EXPECT_TRUE(clean.sealed_tokens.empty());
  TARN_EXPECT_OK(ResetAll(world_));
  EXPECT_EQ(world_.BranchRecord("main").staging_token, clean.staging_token);
  TARN_EXPECT_OK(world_.Put("main", "x", "1"));
  TARN_EXPECT_OK(ResetBelow(world_, ""));
  EXPECT_EQ(Changes(world_), "");
}

TEST_F(ResetTest, Refusals) {
  TARN_EXPECT_ERROR(ResetBranch(world_.context, world_.repository, BranchId("none"), false),
                    Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(ResetPrefix(world_.context, world_.repository, BranchId("none"), "p", false),
                    Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(ResetPath(world_.context, world_.repository, BranchId("a.b"), "p", false),
                    Code::kInvalidValue,
                    "argument branch: branch id: invalid value: validation error");
  world_.repository.read_only = true;
  EXPECT_EQ(ResetAll(world_).code(), Code::kReadOnlyRepository);
  EXPECT_EQ(ResetBelow(world_, "d/").code(), Code::kReadOnlyRepository);
  EXPECT_EQ(ResetOne(world_, "a").code(), Code::kReadOnlyRepository);
  EXPECT_EQ(HardReset(world_, "main").code(), Code::kReadOnlyRepository);
  TARN_EXPECT_OK(ResetBranch(world_.context, world_.repository, BranchId("main"), true));
}

TEST_F(ResetTest, SealedChangesThatWereTakenBackAllowAHardReset) {
  TARN_EXPECT_OK(ResetAll(world_));
  const CommitId first = world_.BranchRecord("main").commit;
  TARN_EXPECT_OK(world_.Put("main", "c", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_OK(world_.Put("main", "staged", "1"));
  Seal();
  TARN_EXPECT_OK(world_.Delete("main", "staged", /*no_tombstone=*/false));
  TARN_EXPECT_OK(HardReset(world_, "main~1"));
  EXPECT_EQ(world_.BranchRecord("main").commit, first);
  EXPECT_TRUE(world_.BranchRecord("main").sealed_tokens.empty());
  EXPECT_EQ(Changes(world_), "");
}

TEST_F(ResetTest, HardReset) {
  TARN_EXPECT_OK(ResetAll(world_));
  const auto first = world_.BranchRecord("main");
  TARN_EXPECT_OK(world_.Put("main", "c", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const CommitId second = world_.BranchRecord("main").commit;
  TARN_EXPECT_OK(world_.Put("main", "staged", "1"));
  TARN_EXPECT_OK(HardReset(world_, "main~1"));
  EXPECT_EQ(world_.BranchRecord("main").commit, first.commit);
  EXPECT_EQ(Changes(world_), "staged ");  // Staged data counts from the new head.
  TARN_EXPECT_OK(HardReset(world_, second.str()));
  EXPECT_EQ(world_.BranchRecord("main").commit, second);
  Seal();
  TARN_EXPECT_ERROR(HardReset(world_, "main~1"), Code::kDirtyBranch,
                    "main: uncommitted changes (dirty branch)");
  TARN_EXPECT_OK(ResetAll(world_));
  TARN_EXPECT_ERROR(HardReset(world_, "main$"), Code::kInvalidValue,
                    "hard-reset main to main$: reference 'main$': reference to staging area with "
                    "$ is not a commit");
  TARN_EXPECT_ERROR(HardReset(world_, "nothing"), Code::kNotFound,
                    "hard-reset main to nothing: not found");
}

/// What a reset of `path` leaves of `start`, whatever was committed meanwhile.
Tree WithoutChange(const Start& start, const std::string& path) {
  Tree tree = start.tree();
  const bool was_committed = path == "committed" || path == "buried" || path == "both";
  tree.erase(path);
  if (was_committed) tree[path] = "0";
  return tree;
}

/// After a reset that commits came across, the path has no change; its value is the one of before,
/// or the staged one if a commit was first.
TEST(ResetInterleavingTest, OnePathAndPrefix) {
  for (const bool prefix : {false, true}) {
    SCOPED_TRACE(prefix ? "prefix" : "path");
    AllStarts([&](World& world, const Start& start, const std::string& path, const auto& calls) {
      OtherCommits others(world, start.busy);
      world.kv->Arm(calls, std::ref(others));
      TARN_EXPECT_OK(prefix ? ResetBelow(world, path) : ResetOne(world, path));
      const int interrupted = world.kv->Disarm();
      world.DropTokens();
      const Tree tree = world.ReadAll("main");
      const Tree reset = others.With(WithoutChange(start, path));
      const bool was_reset = tree == reset;
      EXPECT_TRUE(was_reset || (interrupted > 0 && tree == others.With(start.tree())));
      EXPECT_EQ((" " + Changes(world)).find(" " + path + " "), std::string::npos);
      ExpectTree(world, tree);  // Nothing is lost or comes back with the next commit.
      return interrupted;
    });
  }
}

/// A write that was acknowledged between the steps of a reset of other paths stays.
TEST(ResetInterleavingTest, WritesBesideAPrefixSurvive) {
  AllInterleavings([](World& world, const std::vector<int>& calls) {
    TARN_EXPECT_OK(world.Put("main", "d/1", "1"));
    TARN_EXPECT_OK(world.Put("main", "beside", "1"));
    int writes = 0;
    world.kv->Arm(
        calls, [&] { TARN_EXPECT_OK(world.Put("main", "late" + std::to_string(++writes), "1")); });
    TARN_EXPECT_OK(ResetBelow(world, "d/"));
    const int interrupted = world.kv->Disarm();
    world.DropTokens();
    Tree expected{{"beside", "1"}};
    for (int i = 1; i <= writes; ++i) expected["late" + std::to_string(i)] = "1";
    EXPECT_EQ(world.ReadAll("main"), expected);
    return interrupted;
  });
}

/// A reset of a prefix between the steps of a commit, which may have to take it in.
TEST(ResetInterleavingTest, PrefixBetweenTheStepsOfACommit) {
  AllStarts([](World& world, const Start& start, const std::string& path, const auto& calls) {
    world.kv->Arm(calls, [&] { TARN_EXPECT_OK(ResetBelow(world, path)); });
    const Code code = world.CommitAll("main").code();
    const int interrupted = world.kv->Disarm();
    EXPECT_TRUE(code == Code::kOk || (interrupted > 0 && code == Code::kNoChanges))
        << CodeName(code);
    world.DropTokens();
    const Tree tree = world.ReadAll("main");
    EXPECT_TRUE(tree == start.tree() || (interrupted > 0 && tree == WithoutChange(start, path)));
    EXPECT_EQ((" " + Changes(world)).find(" " + path + " "), std::string::npos);
    ExpectTree(world, tree);
    return interrupted;
  });
}

/// A reset between the steps of a commit: either the commit has the change, or nobody has.
TEST(ResetInterleavingTest, EverythingBetweenTheStepsOfACommit) {
  AllInterleavings([](World& world, const std::vector<int>& calls) {
    TARN_EXPECT_OK(world.Put("main", "a", "1"));
    world.kv->Arm(calls, [&] { TARN_EXPECT_OK(ResetAll(world)); });
    const Code code = world.CommitAll("main").code();
    const int interrupted = world.kv->Disarm();
    world.DropTokens();
    EXPECT_TRUE(code == Code::kOk || (interrupted > 0 && code == Code::kNoChanges))
        << CodeName(code);
    EXPECT_EQ(world.ReadAll("main@"), code == Code::kOk ? (Tree{{"a", "1"}}) : Tree());
    EXPECT_EQ(Changes(world), "");
    return interrupted;
  });
}

}  // namespace
}  // namespace tarn::versioning
