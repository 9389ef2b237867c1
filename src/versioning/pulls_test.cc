#include "versioning/pulls.h"

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
    return Must(refs::GetPull(world_.refs, world_.repository, id));
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
