#include "versioning/repository/pulls.h"

#include "kv/testing/hooked_store.h"
#include "versioning/branch/branches.h"
#include "versioning/reset.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using refs::PullStatus;
using testing::Must;
using testing::World;

class PullsTest : public ::testing::Test {
 protected:
  PullsTest() {
    TARN_EXPECT_OK(world_.Put("main", "base", "1"));
    TARN_EXPECT_OK(world_.CommitAll("main"));
    TARN_EXPECT_OK(world_.Branch("dev"));
    TARN_EXPECT_OK(world_.Put("dev", "new", "2"));
    TARN_EXPECT_OK(world_.CommitAll("dev"));
  }
  Result<refs::Pull> Create(const std::string& source, const std::string& destination) {
    return CreatePull(world_.context, world_.repository,
                      {.source = BranchId(source),
                       .destination = BranchId(destination),
                       .title = "t",
                       .author = "a"});
  }
  refs::Pull Get(const std::string& id) {
    return Must(refs::GetPull(*world_.kv, world_.repository, id));
  }
  Status Set(const std::string& id, PullStatus status) {
    return UpdatePull(world_.context, world_.repository, id, {.status = status});
  }
  Result<refs::Commit> MergeIt(const std::string& id) {
    return MergePull(world_.context, world_.repository, id, "tester");
  }
  World world_;
};

TEST_F(PullsTest, BranchesMustExistAndDiffer) {
  TARN_EXPECT_ERROR(Create("main", "main"), Code::kInvalidValue,
                    "source and destination branches are the same: same branch validation error");
  TARN_EXPECT_ERROR(Create("none", "main"), Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(Create("dev", "none"), Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(Create("a.b", "main"), Code::kInvalidValue,
                    "argument src: branch id: invalid value: validation error");
  TARN_EXPECT_ERROR(Create("dev", "a.b"), Code::kInvalidValue,
                    "argument dest: branch id: invalid value: validation error");
}

TEST_F(PullsTest, AnyStatusMayFollowAny) {
  const std::string id = Must(Create("dev", "main")).id;
  EXPECT_FALSE(Get(id).closed);
  TARN_EXPECT_OK(Set(id, PullStatus::kClosed));
  const auto closed = Get(id).closed;
  ASSERT_TRUE(closed);
  TARN_EXPECT_ERROR(MergeIt(id), Code::kInvalidValue, "bad pull request status");
  TARN_EXPECT_OK(Set(id, PullStatus::kOpen));
  EXPECT_EQ(Get(id).status, PullStatus::kOpen);
  EXPECT_EQ(Get(id).closed, closed);
  TARN_EXPECT_OK(Set(id, PullStatus::kMerged));
  EXPECT_GT(*Get(id).closed, *closed);
  EXPECT_FALSE(Get(id).merge_commit);
}

TEST_F(PullsTest, MergesOnce) {
  const std::string id = Must(Create("dev", "main")).id;
  const std::string twin = Must(Create("dev", "main")).id;
  const refs::Commit merged = Must(MergeIt(id));
  EXPECT_EQ(merged.message, "Merge 'dev' into 'main'");
  EXPECT_EQ(world_.BranchRecord("main").commit, merged.id);
  EXPECT_EQ(Get(id).status, PullStatus::kMerged);
  EXPECT_EQ(*Get(id).merge_commit, merged.id);
  EXPECT_TRUE(Get(id).closed);
  TARN_EXPECT_ERROR(MergeIt(id), Code::kInvalidValue, "bad pull request status");
  TARN_EXPECT_ERROR(MergeIt(twin), Code::kNoChanges, "update branch main: no changes");
  EXPECT_EQ(Get(twin).status, PullStatus::kOpen);
}

/// Wherever the server dies, the request ends up as merged if and only if the branch has moved.
TEST(PullsCrashTest, NoMergeStaysUnrecorded) {
  bool died = true;
  for (int call = 0; died; ++call) {
    for (const bool close : {false, true}) {
      SCOPED_TRACE("dies at call " + std::to_string(call));
      World world;
      TARN_EXPECT_OK(world.Branch("dev"));
      TARN_EXPECT_OK(world.Put("dev", "new", "2"));
      TARN_EXPECT_OK(world.CommitAll("dev"));
      const CommitId before = world.BranchRecord("main").commit;
      const auto pull = Must(CreatePull(world.context, world.repository,
                                        {.source = BranchId("dev"),
                                         .destination = BranchId("main"),
                                         .title = "t",
                                         .author = "a"}));
      world.kv->DieAt(call);
      const auto merge = [&] { return MergePull(world.context, world.repository, pull.id, "t"); };
      const auto first = merge();
      died = world.kv->Revive();
      EXPECT_NE(first.ok(), died);
      const CommitId after = world.BranchRecord("main").commit;
      if (close) {
        const Status closed = UpdatePull(world.context, world.repository, pull.id, {.title = "u"});
        TARN_EXPECT_OK(closed);
      } else {
        TARN_EXPECT_OK(SettleMerges(world.context, world.repository));
      }
      const auto now = Must(refs::GetPull(*world.kv, world.repository, pull.id));
      EXPECT_EQ(now.status, after == before ? PullStatus::kOpen : PullStatus::kMerged);
      EXPECT_TRUE(after == before || now.merge_commit == after);
      if (after == before) TARN_EXPECT_OK(merge());
      const auto notes = Must(world.kv->Scan(world.repository.partition(), "tarn-pull-merges/"));
      TARN_EXPECT_OK(notes->Seek(""));
      EXPECT_FALSE(notes->Valid());
    }
  }
}

/// A server of its own over the records of a world.
struct Server {
  explicit Server(World& world)
      : kv(*world.kv),
        refs(kv, world.clock, *world.random, {}),
        context{kv,      refs,          world.staging, world.committed, world.objects,
                nullptr, world.workers, world.clock,   *world.random,   world.xids,
                {}} {}
  kv::HookedStore kv;
  refs::Store refs;
  Context context;
};

/// The branch may go back behind the merge, or go away, before anybody has looked at the request.
TEST_F(PullsTest, AMergeOfADeadServerIsRecordedBeforeItsBranchForgetsIt) {
  const CommitId before = world_.BranchRecord("main").commit;
  TARN_EXPECT_OK(world_.Branch("side"));
  const auto reset = [&] {
    return HardResetBranch(world_.context, world_.repository, BranchId("main"), before.str(),
                           /*force=*/false);
  };
  const auto remove = [&] {
    return DeleteBranch(world_.context, world_.repository, BranchId("side"), /*force=*/false);
  };
  const std::pair<const char*, std::function<Status()>> ways[] = {{"main", reset},
                                                                  {"side", remove}};
  for (const auto& [destination, forget] : ways) {
    const std::string id = Must(Create("dev", destination)).id;
    Server server(world_);
    bool moved = false;
    server.kv.set_hook([&, branch = "branches/" + std::string(destination)](
                           auto call, auto, std::string_view key) -> Status {
      if (moved) return {Code::kIo, "the server has died"};
      moved = call == kv::ForwardingStore::Call::kSetIf && key == branch;
      return {};
    });
    EXPECT_EQ(MergePull(server.context, world_.repository, id, "t").code(), Code::kIo);
    const CommitId merged = world_.BranchRecord(destination).commit;
    ASSERT_NE(merged, before);
    TARN_EXPECT_OK(forget());
    EXPECT_EQ(Get(id).status, PullStatus::kMerged) << destination;
    EXPECT_EQ(Get(id).merge_commit, merged);
  }
}

/// Another server is about to merge it too, and dies as well.
TEST_F(PullsTest, TwoServersThatMergeItDie) {
  const std::string id = Must(Create("dev", "main")).id;
  const auto moves = [](kv::ForwardingStore::Call call, std::string_view key) {
    return call == kv::ForwardingStore::Call::kSetIf && key == "branches/main";
  };
  const Status dead(Code::kIo, "the server has died");
  Server first(world_), second(world_);
  second.kv.set_hook(
      [&](auto call, auto, std::string_view key) { return moves(call, key) ? dead : Status(); });
  bool moved = false;
  first.kv.set_hook([&](auto call, auto, std::string_view key) {
    if (moved) return dead;
    if (!moves(call, key)) return Status();
    EXPECT_EQ(MergePull(second.context, world_.repository, id, "t").code(), Code::kIo);
    moved = true;
    return Status();
  });
  EXPECT_EQ(MergePull(first.context, world_.repository, id, "t").code(), Code::kIo);
  TARN_EXPECT_OK(SettleMerges(world_.context, world_.repository));
  EXPECT_EQ(Get(id).status, PullStatus::kMerged);
  EXPECT_EQ(Get(id).merge_commit, world_.BranchRecord("main").commit);
}

/// A request that is opened again is merged again, whatever its last merge was.
TEST_F(PullsTest, OpenedAgain) {
  const std::string id = Must(Create("dev", "main")).id;
  const refs::Commit first = Must(MergeIt(id));
  TARN_EXPECT_OK(Set(id, PullStatus::kOpen));
  TARN_EXPECT_OK(SettleMerges(world_.context, world_.repository));
  EXPECT_EQ(Get(id).status, PullStatus::kOpen);
  TARN_EXPECT_OK(world_.Put("dev", "more", "3"));
  TARN_EXPECT_OK(world_.CommitAll("dev"));
  const refs::Commit second = Must(MergeIt(id));
  EXPECT_NE(first.id, second.id);
  EXPECT_EQ(*Get(id).merge_commit, second.id);
}

TEST_F(PullsTest, AMergeThatFailsLeavesItOpen) {
  const std::string id = Must(Create("dev", "main")).id;
  TARN_EXPECT_OK(world_.Put("main", "new", "other"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  TARN_EXPECT_ERROR(MergeIt(id), Code::kConflict, "update branch main: conflict found");
  EXPECT_EQ(Get(id).status, PullStatus::kOpen);
  TARN_EXPECT_OK(DeleteBranch(world_.context, world_.repository, BranchId("dev"), false));
  TARN_EXPECT_ERROR(MergeIt(id), Code::kNotFound,
                    "update branch main: get commit by ref dev: not found");
}

}  // namespace
}  // namespace tarn::versioning
