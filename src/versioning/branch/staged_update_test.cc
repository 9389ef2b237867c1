#include "versioning/branch/staged_update.h"

#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::AllStarts;
using testing::ExpectTree;
using testing::Must;
using testing::OtherCommits;
using testing::Start;
using testing::Tree;
using testing::World;

/// Appends "!" to the text of an object.
Result<Value> Exclaim(ValueView current) {
  TARN_TRY_ASSIGN(const EntryView view, ParseEntry(current.data));
  Entry entry = ToEntry(view);
  if (!entry.checksum.ends_with("!")) entry.checksum += "!";
  Value next;
  AppendEntry(&next.data, entry);
  next.identity = AsView(IdentityOf(entry));
  return next;
}

Status Update(World& world, const std::string& path) {
  return StageUpdate(world.context, world.repository, BranchId("main"), path, Exclaim);
}

TEST(StagedUpdateTest, ChangesStagedAndCommittedValues) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "committed", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "staged", "2"));
  TARN_EXPECT_OK(world.Put("main", "deleted", "3"));
  TARN_EXPECT_OK(world.Delete("main", "deleted"));
  TARN_EXPECT_OK(Update(world, "committed"));
  TARN_EXPECT_OK(Update(world, "committed"));
  TARN_EXPECT_OK(Update(world, "staged"));
  TARN_EXPECT_ERROR(Update(world, "deleted"), Code::kNotFound, "not found");
  TARN_EXPECT_ERROR(Update(world, "none"), Code::kNotFound, "not found");
  EXPECT_EQ(world.ReadAll("main"), (Tree{{"committed", "1!"}, {"staged", "2!"}}));
  EXPECT_EQ(world.ReadAll("main@"), (Tree{{"committed", "1"}}));
}

TEST(StagedUpdateTest, NoUpdateIsLostToAnother) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  world.kv->Arm({3}, [&] { TARN_EXPECT_OK(world.Put("main", "a", "2")); });
  TARN_EXPECT_OK(Update(world, "a"));
  EXPECT_EQ(world.kv->Disarm(), 1);
  EXPECT_EQ(Must(world.Read("main", "a")), "2!");
}

// An update that was overtaken by a commit is found in the sealed token; the commit has read what
// was there before it.
TEST(StagedUpdateTest, SealedValuesProveNothing) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(Update(world, "a"));
  const auto late = Must(world.staging.Get(world.BranchRecord("main").staging_token, "a"));
  world.Seal();
  TARN_EXPECT_OK(Update(world, "a"));
  const auto staged = Must(world.staging.Get(world.BranchRecord("main").staging_token, "a"));
  ASSERT_TRUE(late && staged);
  EXPECT_EQ(staged->value().data, late->value().data);
}

TEST(StagedUpdateTest, CommitsComeBetween) {
  AllStarts([](World& world, const Start& start, const std::string& path, const auto& calls) {
    OtherCommits others(world, start.busy);
    world.kv->Arm(calls, std::ref(others));
    const Status updated = Update(world, path);
    const int interrupted = world.kv->Disarm();
    Tree expected = others.With(start.tree());
    EXPECT_EQ(updated.code(), expected.contains(path) ? Code::kOk : Code::kNotFound);
    if (updated.ok()) expected[path] += "!";
    ExpectTree(world, expected);
    return interrupted;
  });
}

}  // namespace
}  // namespace tarn::versioning
