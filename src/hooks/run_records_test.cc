#include "hooks/run_records.h"

#include "codec/wire.h"
#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

using versioning::testing::Must;
using versioning::testing::World;

class RunRecordsTest : public ::testing::Test {
 protected:
  void AddRun(const std::string& id, const std::string& branch, const std::string& commit) {
    const hooks::Run run = {.id = id, .branch = BranchId(branch), .commit = CommitId(commit)};
    Set("runs/" + id, EncodeRun(run));
    std::string index;
    AppendBytesField(&index, 1, "repos/repo/runs/" + id);
    Set("branches/" + branch + "/" + id, index);
    if (!commit.empty()) Set("commits/" + commit + "/" + id, index);
  }
  void Set(const std::string& key, const std::string& value) {
    TARN_EXPECT_OK(world_.kv->Set("actions", "repos/repo/" + key, value));
  }
  std::string Ids(const RunFilter& filter, const refs::PageRequest& page = {.amount = 10}) {
    std::string ids;
    for (const hooks::Run& run :
         Must(ListRuns(world_.context, world_.repository, page, filter)).items) {
      ids += run.id + " ";
    }
    return ids;
  }

  const RepositoryId kRepository{"repo"};
  World world_;
};

TEST_F(RunRecordsTest, Runs) {
  AddRun("1", "dev", "c1");
  AddRun("2", "dev-2", "");
  AddRun("3", "dev/x", "c1");
  AddRun("4", "dev", "c2");
  EXPECT_EQ(Ids({}), "1 2 3 4 ");
  EXPECT_EQ(Ids({}, {.after = "2", .amount = 1}), "3 ");
  EXPECT_EQ(Ids({.branch = BranchId("dev"), .commit = {}}), "1 4 ");
  EXPECT_EQ(Ids({.branch = {}, .commit = CommitId("c1")}), "1 3 ");
  EXPECT_EQ(Ids({.branch = BranchId("none"), .commit = {}}), "");
  TARN_EXPECT_ERROR(ListRuns(world_.context, world_.repository, {},
                             {.branch = BranchId("dev"), .commit = CommitId("c1")}),
                    Code::kInvalidValue,
                    "can't use both branchID and MergedCommitID: parameters conflict");
  EXPECT_EQ(Must(GetRun(world_.context, world_.repository, "4")).commit.str(), "c2");
  TARN_EXPECT_ERROR(GetRun(world_.context, world_.repository, "5"), Code::kNotFound,
                    "not found: not found");
  refs::Repository other = world_.repository;
  other.id = RepositoryId("rep");
  EXPECT_EQ(GetRun(world_.context, other, "4").code(), Code::kNotFound);
}

TEST_F(RunRecordsTest, OfAnEarlierRepositoryAreNotShown) {
  const std::string id = world_.xids.NewDescending(kDescendingEpoch);
  AddRun(id, "dev", "c1");
  EXPECT_EQ(Ids({}), id + " ");
  world_.repository.created.seconds = world_.clock.Now().seconds + 10;
  EXPECT_EQ(Ids({}), "");
  EXPECT_EQ(Ids({.branch = BranchId("dev"), .commit = {}}), "");
  EXPECT_EQ(GetRun(world_.context, world_.repository, id).code(), Code::kNotFound);
}

TEST_F(RunRecordsTest, Hooks) {
  const HookRun ran = {.run_id = "1",
                       .id = "0000_0000",
                       .hook_id = "h",
                       .action_name = "a",
                       .started = {100, 5},
                       .ended = {101, 0},
                       .passed = true};
  HookRun skipped = ran;
  skipped.id = "0000_0001";
  skipped.started = skipped.ended = {-62'135'596'800, 0};
  skipped.passed = false;
  Set("tasks/1/0000_0000", EncodeHookRun(ran));
  Set("tasks/1/0000_0001", EncodeHookRun(skipped));
  Set("tasks/10/0000_0000", EncodeHookRun(ran));
  const auto page = Must(ListHookRuns(world_.context, kRepository, "1", {.amount = 10}));
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].started, ran.started);
  EXPECT_FALSE(page.items[0].skipped());
  EXPECT_TRUE(page.items[1].skipped());
  const auto output = [&](std::string_view hook) {
    return OpenHookOutput(world_.context, world_.repository, "1", hook);
  };
  EXPECT_EQ(output("0000_0000").code(), Code::kDataNotFound);
  TARN_EXPECT_OK(block::PutObject(
      world_.objects, {world_.kNamespace.view(), "_lakefs/actions/log/1/0000_0000.log"}, "text"));
  EXPECT_EQ(Must(output("0000_0000"))->properties().size, 4);
  EXPECT_EQ(Must(output("0000_0001")), nullptr);
  TARN_EXPECT_ERROR(output("0000_0002"), Code::kNotFound, "not found");
}

}  // namespace
}  // namespace tarn::hooks
