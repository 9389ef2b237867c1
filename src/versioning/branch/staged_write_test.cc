#include "versioning/branch/staged_write.h"

#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::Tree;
using testing::World;

/// Records of the staging token: value, tombstone ("-") or nothing ("").
std::string StagedAs(World& world, const std::string& path) {
  const auto staged = Must(world.staging.Get(world.BranchRecord("main").staging_token, path));
  if (!staged) return "";
  if (staged->value().is_tombstone()) return "-";
  return std::string(Must(ParseEntry(staged->value().data)).checksum);
}

TEST(StagedWriteTest, LastWriterWins) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.Put("main", "a", "2"));
  EXPECT_EQ(Must(world.Read("main", "a")), "2");
  TARN_EXPECT_ERROR(world.Read("main@", "a"), Code::kNotFound, "not found");
  TARN_EXPECT_ERROR(world.Put("nothing", "a", "1"), Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_ERROR(world.Put("main", std::string(1025, 'p'), "1"), Code::kInvalidValue,
                    "argument path: invalid value: validation error: 1025 is above maximum length "
                    "(1024)");
}

TEST(StagedWriteTest, SetIfAbsent) {
  World world;
  const auto put = [&](const char* text) {
    return world.Put("main", "a", text, SetCondition::kAbsent);
  };
  TARN_EXPECT_OK(put("1"));
  TARN_EXPECT_ERROR(put("2"), Code::kPreconditionFailed, "path already exists");
  TARN_EXPECT_OK(world.CommitAll("main"));
  world.DropTokens();
  TARN_EXPECT_ERROR(put("3"), Code::kPreconditionFailed, "path already exists");
  TARN_EXPECT_OK(world.Delete("main", "a"));
  TARN_EXPECT_OK(put("4"));
  EXPECT_EQ(Must(world.Read("main", "a")), "4");
}

TEST(StagedWriteTest, SealedTombstonesProveNothing) {
  for (const bool no_tombstone : {false, true}) {
    World world;
    TARN_EXPECT_OK(world.Put("main", "a", "1"));
    const StagingToken sealed = world.Seal();
    // By a delete that was overtaken, after the commit has read the value.
    TARN_EXPECT_OK(world.staging.SetTombstone(sealed, "a"));
    TARN_EXPECT_OK(world.Delete("main", "a", no_tombstone));
    EXPECT_EQ(StagedAs(world, "a"), "-");
  }
}

// A commit seals the token at any moment of the delete, has then read what is there, and ends only
// after the delete.
TEST(StagedWriteTest, DeletesHoldWhateverACommitHasReadBefore) {
  for (const bool no_tombstone : {false, true}) {
    int interrupted = 1;
    for (int call = 0; interrupted != 0; ++call) {
      SCOPED_TRACE(call);
      World world;
      TARN_EXPECT_OK(world.Branch("with-a"));
      TARN_EXPECT_OK(world.Put("with-a", "a", "1"));
      TARN_EXPECT_OK(world.CommitAll("with-a"));
      TARN_EXPECT_OK(world.Put("main", "a", "1"));
      bool was_read = false;
      world.kv->Arm({call}, [&] {
        const auto staged = Must(world.staging.Get(world.Seal(), "a"));
        was_read = staged && !staged->value().is_tombstone();
      });
      TARN_EXPECT_OK(world.Delete("main", "a", no_tombstone));
      interrupted = world.kv->Disarm();
      TARN_EXPECT_OK(world.refs.UpdateBranch(
          world.repository, BranchId("main"), [&](refs::Branch* branch) -> Result<bool> {
            if (was_read) branch->commit = world.BranchRecord("with-a").commit;
            branch->sealed_tokens.clear();
            return true;
          }));
      TARN_EXPECT_ERROR(world.Read("main", "a"), Code::kNotFound, "not found");
      ASSERT_LT(call, 50);
    }
  }
}

TEST(StagedWriteTest, TombstonesOnlyWhereNeeded) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "committed", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "staged", "1"));

  TARN_EXPECT_OK(world.Delete("main", "nothing"));
  EXPECT_EQ(StagedAs(world, "nothing"), "");
  TARN_EXPECT_OK(world.Delete("main", "committed"));
  EXPECT_EQ(StagedAs(world, "committed"), "-");
  TARN_EXPECT_OK(world.Delete("main", "staged"));
  EXPECT_EQ(StagedAs(world, "staged"), "-");
  EXPECT_EQ(world.ReadAll("main"), Tree());
  EXPECT_EQ(world.ReadAll("main@"), (Tree{{"committed", "1"}}));
}

TEST(StagedWriteTest, NoTombstoneRemovesTheRecord) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "committed", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Put("main", "staged", "1"));
  TARN_EXPECT_OK(world.Delete("main", "staged", /*no_tombstone=*/true));
  EXPECT_EQ(StagedAs(world, "staged"), "");
  TARN_EXPECT_OK(world.Delete("main", "committed", /*no_tombstone=*/true));
  EXPECT_EQ(StagedAs(world, "committed"), "-");
}

TEST(StagedWriteTest, SealedTokensCount) {
  for (const bool no_tombstone : {false, true}) {
    World world;
    TARN_EXPECT_OK(world.Put("main", "a", "1"));
    TARN_EXPECT_OK(world.Put("main", "b", "1"));
    world.Seal();
    EXPECT_EQ(world.ReadAll("main"), (Tree{{"a", "1"}, {"b", "1"}}));
    TARN_EXPECT_ERROR(world.Put("main", "a", "2", SetCondition::kAbsent), Code::kPreconditionFailed,
                      "path already exists");
    TARN_EXPECT_OK(world.Delete("main", "a", no_tombstone));
    EXPECT_EQ(StagedAs(world, "a"), "-");
    world.Seal();
    TARN_EXPECT_OK(world.Delete("main", "a", no_tombstone));
    EXPECT_EQ(StagedAs(world, "a"), "-");
    TARN_EXPECT_OK(world.Put("main", "a", "3", SetCondition::kAbsent));
    TARN_EXPECT_OK(world.CommitAll("main"));
    EXPECT_EQ(world.ReadAll("main@"), (Tree{{"a", "3"}, {"b", "1"}}));
    EXPECT_TRUE(world.BranchRecord("main").sealed_tokens.empty());
  }
}

TEST(StagedWriteTest, DeleteManyAnswersPerPath) {
  World world;
  std::vector<std::string> paths;
  for (int i = 0; i < 300; ++i) {
    paths.push_back("k" + std::to_string(i));
    TARN_EXPECT_OK(world.Put("main", paths.back(), "x"));
  }
  TARN_EXPECT_OK(world.CommitAll("main"));
  paths.push_back("");
  paths.push_back(std::string(1025, 'p'));
  paths.push_back("k0");
  paths.push_back("missing");
  const auto results = Must(StageDeleteMany(world.context, world.repository, BranchId("main"),
                                            paths, /*no_tombstone=*/false));
  ASSERT_EQ(results.size(), 304u);
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(results[i].ok());
  EXPECT_EQ(results[300].code(), Code::kPathRequired);
  TARN_EXPECT_ERROR(results[301], Code::kInvalidValue,
                    "argument path[301]: invalid value: validation error: 1025 is above maximum "
                    "length (1024)");
  EXPECT_TRUE(results[302].ok());
  EXPECT_TRUE(results[303].ok());
  EXPECT_EQ(world.ReadAll("main"), Tree());
  TARN_EXPECT_ERROR(
      StageDeleteMany(world.context, world.repository, BranchId("nothing"), paths, false),
      Code::kBranchNotFound, "branch not found");
  paths.assign(1001, "x");
  EXPECT_EQ(StageDeleteMany(world.context, world.repository, BranchId("main"), paths, false).code(),
            Code::kInvalidValue);
}

}  // namespace
}  // namespace tarn::versioning
