#include "versioning/commit.h"

#include "versioning/branch/branch_commit.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::RecordingHooks;
using testing::Tree;
using testing::World;

TEST(CommitTest, TakesWhatIsStaged) {
  World world;
  const CommitId before = world.BranchRecord("main").commit;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.Put("main", "b", "2"));
  const refs::Commit commit = Must(Commit(
      world.context, world.repository,
      {.branch = BranchId("main"), .committer = "me", .message = "", .metadata = {{"", "k"}}}));
  EXPECT_EQ(commit.parents, std::vector<CommitId>{before});
  EXPECT_EQ(commit.generation, 2);
  EXPECT_EQ(commit.version, 1);
  EXPECT_EQ(commit.id, refs::ComputeCommitId(commit));
  EXPECT_EQ(world.BranchRecord("main").commit, commit.id);
  EXPECT_EQ(world.ReadAll("main@"), (Tree{{"a", "1"}, {"b", "2"}}));
  TARN_EXPECT_OK(world.Delete("main", "a"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  EXPECT_EQ(world.ReadAll("main@"), (Tree{{"b", "2"}}));
  EXPECT_EQ(world.ReadAll(commit.id.str()), (Tree{{"a", "1"}, {"b", "2"}}));
}

TEST(CommitTest, NothingToCommitLeavesNoTrace) {
  World world;
  TARN_EXPECT_ERROR(world.CommitAll("main"), Code::kNoChanges, "commit: no changes");
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "a", "1"));  // The same content at another address.
  const refs::Branch before = world.BranchRecord("main");
  TARN_EXPECT_ERROR(world.CommitAll("main"), Code::kNoChanges, "commit: no changes");
  const refs::Branch after = world.BranchRecord("main");
  EXPECT_EQ(after.staging_token, before.staging_token);
  EXPECT_TRUE(after.sealed_tokens.empty());
}

TEST(CommitTest, AllowEmptyOnNothingWritesTheEmptyTree) {
  World world;
  CommitRequest request{.branch = BranchId("main"), .allow_empty = true};
  EXPECT_EQ(Must(Commit(world.context, world.repository, request)).metarange.str(),
            "00fb7eff1a97c500eb3ca8d2ef5464131d6b6a5f9512e41eba97843522213b66");
}

TEST(CommitTest, EqualContentKeepsTheCommittedRecord) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const auto first = Must(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  CommitRequest request{.branch = BranchId("main"), .allow_empty = true};
  const auto second = Must(Commit(world.context, world.repository, request));
  EXPECT_EQ(second.metarange, first.metarange);
  EXPECT_NE(second.id, first.id);
}

TEST(CommitTest, DatesOfTheRequestCount) {
  World world;
  for (const int64_t date : {int64_t{1'500'000'000}, int64_t{0}, int64_t{-5}}) {
    CommitRequest request{.branch = BranchId("main"), .date_seconds = date, .allow_empty = true};
    EXPECT_EQ(Must(Commit(world.context, world.repository, request)).created.seconds, date);
  }
}

TEST(CommitTest, SourceMetarange) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const auto first = Must(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "b", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  CommitRequest request{.branch = BranchId("main"), .source_metarange = first.metarange};
  const auto made = Must(Commit(world.context, world.repository, request));
  EXPECT_EQ(made.metarange, first.metarange);
  EXPECT_EQ(made.generation, 4);
  EXPECT_EQ(Must(Commit(world.context, world.repository, request)).metarange, first.metarange);

  TARN_EXPECT_OK(world.Put("main", "c", "1"));
  TARN_EXPECT_ERROR(Commit(world.context, world.repository, request), Code::kDirtyBranch,
                    "cannot use source MetaRange on a branch with uncommitted changes");
  request.source_metarange = MetarangeId(std::string(64, '0'));
  TARN_EXPECT_ERROR(Commit(world.context, world.repository, request), Code::kNotFound,
                    "metarange not found");
}

TEST(CommitTest, HooksInOrderAndAbort) {
  RecordingHooks hooks;
  World world(&hooks);
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  hooks.failing = "pre-commit";
  const Status refused = world.CommitAll("main").status();
  EXPECT_EQ(refused.code(), Code::kHookFailed);
  EXPECT_TRUE(refused.message().starts_with("pre-commit hook aborted, run id '"))
      << refused.message();
  EXPECT_EQ(world.ReadAll("main"), (Tree{{"a", "1"}}));  // Sealed, and still there.

  hooks.failing.clear();
  hooks.events.clear();
  TARN_EXPECT_OK(world.CommitAll("main"));
  EXPECT_EQ(hooks.events,
            (std::vector<std::string>{"prepare-commit", "pre-commit", "post-commit"}));
  EXPECT_EQ(world.ReadAll("main@"), (Tree{{"a", "1"}}));
}

TEST(CommitTest, WritesDuringACommitStayUncommitted) {
  class WritingHooks : public testing::AllHooks {
   public:
    Status Run(const HookCall& call) override {
      if (call.event == HookEvent::kPreCommit) TARN_EXPECT_OK(world->Put("main", "late", "1"));
      return Status();
    }
    World* world = nullptr;
  };
  WritingHooks hooks;
  World world(&hooks);
  hooks.world = &world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  world.DropTokens();
  EXPECT_EQ(world.ReadAll("main@"), (Tree{{"a", "1"}}));
  EXPECT_EQ(world.ReadAll("main"), (Tree{{"a", "1"}, {"late", "1"}}));
}

TEST(CommitTest, ConsumedTokensAreDropped) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const StagingToken token = world.BranchRecord("main").staging_token;
  TARN_EXPECT_OK(world.CommitAll("main"));
  EXPECT_NE(world.BranchRecord("main").staging_token, token);
  EXPECT_FALSE(Must(world.staging.Empty({&token, 1})));
  world.DropTokens();
  EXPECT_TRUE(Must(world.staging.Empty({&token, 1})));
}

TEST(CommitTest, Records) {
  World world;
  refs::Commit commit;
  commit.message = "by hand";
  commit.parents = {world.BranchRecord("main").commit};
  commit.id = CommitId(std::string(64, '0'));
  TARN_EXPECT_ERROR(CreateCommitRecord(world.context, world.repository, commit, false),
                    Code::kInvalidValue, "commit id: invalid value: validation error");
  commit.id = refs::ComputeCommitId(commit);
  TARN_EXPECT_ERROR(CreateCommitRecord(world.context, world.repository, commit, false),
                    Code::kInvalidValue, "commit generation 1: invalid value: validation error");
  commit.generation = 2;
  TARN_EXPECT_OK(CreateCommitRecord(world.context, world.repository, commit, false));
  TARN_EXPECT_ERROR(CreateCommitRecord(world.context, world.repository, commit, false),
                    Code::kNotUnique, "commit already exists: not unique");
}

TEST(CommitTest, RecordsThatPointNowhereAreRefused) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const refs::Commit head = Must(world.CommitAll("main"));
  const auto range = Must(world.committed.Ranges(world.kNamespace, head.metarange)).front().id;
  const std::string nowhere(64, 'a');
  const auto refused = [&](refs::Commit commit, const std::string& message) {
    commit.id = refs::ComputeCommitId(commit);
    TARN_EXPECT_ERROR(CreateCommitRecord(world.context, world.repository, commit, true),
                      Code::kInvalidValue, message + ": invalid value: validation error");
    EXPECT_EQ(world.refs.GetCommit(world.repository, commit.id).code(), Code::kCommitNotFound);
  };
  refs::Commit good;
  good.message = "by hand";
  good.parents = {head.id};
  good.metarange = head.metarange;
  good.generation = head.generation + 1;
  refs::Commit commit = good;
  for (auto parents : {std::vector{CommitId(nowhere)}, std::vector{head.id, CommitId(nowhere)}}) {
    commit.parents = parents;
    refused(commit, "parent " + nowhere + ": commit not found");
  }
  commit = good;
  for (const std::string& tree : {nowhere, range.str(), std::string("../refs_manifest.json"),
                                  std::string("dummy"), std::string("a b")}) {
    commit.metarange = MetarangeId(tree);
    refused(commit, "metarange " + tree + ": not found");
  }
  commit = good;
  for (const int32_t generation :
       {INT32_MIN, -1, 0, head.generation, INT32_MAX, refs::kRecordGenerationMax + 1}) {
    commit.generation = generation;
    refused(commit, "commit generation " + std::to_string(generation));
  }
  good.id = refs::ComputeCommitId(good);
  TARN_EXPECT_OK(CreateCommitRecord(world.context, world.repository, good, false));
}

TEST(CommitTest, GenerationsDoNotOverflow) {
  World world;
  refs::Commit last;
  last.message = "stored by another program";
  last.generation = INT32_MAX;
  last = Must(world.refs.AddCommit(world.repository, last));
  TARN_EXPECT_OK(world.Branch("end", last.id.str()));
  TARN_EXPECT_OK(world.Put("end", "a", "1"));
  const std::string limit = "commit generation is at its limit: invalid value: validation error";
  TARN_EXPECT_ERROR(world.CommitAll("end"), Code::kInvalidValue, limit);
  TARN_EXPECT_OK(ToStatus(world.Branch("other", "main")));
  EXPECT_EQ(world.MergeInto("other", "end").code(), Code::kInternal);  // No merge base.
}

// The helper that merge and import share with commit.

BuildFn BuildNothing(int* builds) {
  return [builds](const BranchState& state, refs::Commit* next) {
    ++*builds;
    next->message = "built";
    next->metarange = state.head.metarange;
    return Status();
  };
}

TEST(BranchCommitTest, RefusesUncommittedChanges) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  int builds = 0;
  TARN_EXPECT_ERROR(
      CommitToBranch(world.context, world.repository, BranchId("main"), BuildNothing(&builds), {}),
      Code::kDirtyBranch, "uncommitted changes (dirty branch)");
  EXPECT_EQ(builds, 0);
  TARN_EXPECT_ERROR(
      CommitToBranch(world.context, world.repository, BranchId("none"), BuildNothing(&builds), {}),
      Code::kBranchNotFound, "branch not found");
}

TEST(BranchCommitTest, RecordsWithoutEffectAreClean) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.Put("main", "b", "1"));
  TARN_EXPECT_OK(world.Delete("main", "b"));
  int builds = 0;
  TARN_EXPECT_OK(
      CommitToBranch(world.context, world.repository, BranchId("main"), BuildNothing(&builds), {}));
  const refs::Branch branch = world.BranchRecord("main");
  EXPECT_TRUE(branch.sealed_tokens.empty());
  EXPECT_TRUE(Must(world.staging.Empty(branch.tokens())));
}

TEST(BranchCommitTest, KeepsTheBuildWhileTheHeadStands) {
  World world;
  int builds = 0;
  bool raced = false;
  BranchCommitOptions options;
  options.staged = StagedChanges::kTake;
  options.before_update = [&](const refs::Commit&) {
    // Another server seals between the build and the update of the branch.
    if (std::exchange(raced, true)) return Status();
    return world.refs.UpdateBranch(
        world.repository, BranchId("main"), [&](refs::Branch* branch) -> Result<bool> {
          branch->sealed_tokens.insert(branch->sealed_tokens.begin(), branch->staging_token);
          branch->staging_token =
              staging::NewStagingToken(*world.random, RepositoryId("repo"), branch->id);
          return true;
        });
  };
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const auto commit = Must(CommitToBranch(world.context, world.repository, BranchId("main"),
                                          BuildNothing(&builds), options));
  EXPECT_EQ(builds, 1);
  const refs::Branch branch = world.BranchRecord("main");
  EXPECT_EQ(branch.commit, commit.id);
  EXPECT_EQ(branch.sealed_tokens.size(), 1u);  // The other server's, still to be committed.
}

TEST(BranchCommitTest, BuildsAgainOnAnotherHead) {
  World world;
  int builds = 0;
  BranchCommitOptions options;
  options.before_update = [&](const refs::Commit& built) {
    if (builds > 1) return Status();
    return world.refs.UpdateBranch(
        world.repository, BranchId("main"), [&](refs::Branch* branch) -> Result<bool> {
          refs::Commit other = built;
          other.message = "other";
          TARN_TRY_ASSIGN(other, world.refs.AddCommit(world.repository, other));
          branch->commit = other.id;
          return true;
        });
  };
  const auto commit = Must(CommitToBranch(world.context, world.repository, BranchId("main"),
                                          BuildNothing(&builds), options));
  EXPECT_EQ(builds, 2);
  EXPECT_EQ(commit.generation, 3);
  EXPECT_EQ(Must(world.refs.GetCommit(world.repository, commit.parents.at(0)))->message, "other");
}

}  // namespace
}  // namespace tarn::versioning
