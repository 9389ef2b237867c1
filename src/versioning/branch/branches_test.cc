#include "versioning/branch/branches.h"

#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::RecordingHooks;
using testing::World;

constexpr const char* kBadBranch =
    "argument branch: branch id: invalid value: validation error: branch id must consist of "
    "letters, digits, underscores and dashes, and cannot start with a dash";

TEST(BranchesTest, SourcesAndTheirErrors) {
  World world;
  const CommitId head = world.BranchRecord("main").commit;
  for (const std::string& source : {std::string("main"), head.str(), head.str().substr(0, 12),
                                    std::string("main~0"), std::string("main@")}) {
    const refs::Branch made = Must(world.Branch("b" + std::to_string(source.size()), source));
    EXPECT_EQ(made.commit, head);
    TARN_EXPECT_OK(DeleteBranch(world.context, world.repository, made.id, false));
  }
  const struct {
    const char* source;
    Code code;
    const char* message;
  } rows[] = {
      {"nothing", Code::kNotFound, "source reference 'nothing': not found"},
      {"main~5", Code::kNotFound, "source reference 'main~5': not found"},
      {"main^2", Code::kInvalidValue,
       "source reference 'main^2': ref: invalid value: validation error"},
      {"main$", Code::kInvalidValue,
       "source reference 'main$': can't create a branch without commit"},
      {"bad ref", Code::kInvalidValue, "argument ref: ref: invalid value: validation error"},
      {"main~x", Code::kInvalidValue,
       "source reference 'main~x': could not parse modifier ~x: ref: invalid value: validation "
       "error"},
      {"@", Code::kInvalidValue, "source reference '@': ref: invalid value: validation error"},
  };
  for (const auto& row : rows) {
    TARN_EXPECT_ERROR(world.Branch("x", row.source), row.code, row.message);
  }
}

TEST(BranchesTest, NamesMustBeFree) {
  World world;
  const std::string head = world.BranchRecord("main").commit.str();
  TARN_EXPECT_OK(CreateTag(world.context, world.repository, {.id = TagId("v1"), .ref = "main"}));
  TARN_EXPECT_ERROR(world.Branch("main"), Code::kNotUnique, "branch already exists: not unique");
  TARN_EXPECT_ERROR(world.Branch("v1"), Code::kConflict, "tag ID v1: conflict found");
  TARN_EXPECT_ERROR(world.Branch(head), Code::kConflict, "commit ID " + head + ": conflict found");
  for (const char* name : {"-a", "a.b", "a/b", "sp ace", "a@b", "a~1"}) {
    TARN_EXPECT_ERROR(world.Branch(name), Code::kInvalidValue, kBadBranch);
  }
  TARN_EXPECT_ERROR(
      CreateTag(world.context, world.repository, {.id = TagId("main"), .ref = "main"}),
      Code::kConflict, "branch name main: conflict found");
  TARN_EXPECT_ERROR(CreateTag(world.context, world.repository, {.id = TagId(head), .ref = "main"}),
                    Code::kConflict, "commit ID " + head + ": conflict found");
  TARN_EXPECT_ERROR(CreateTag(world.context, world.repository, {.id = TagId("v1"), .ref = "main"}),
                    Code::kNotUnique, "tag already exists: not unique");
}

TEST(BranchesTest, TagRefsAndDeletion) {
  World world;
  const auto create = [&](const char* id, const char* ref) {
    return CreateTag(world.context, world.repository, {.id = TagId(id), .ref = ref});
  };
  TARN_EXPECT_ERROR(create("x", "nothing"), Code::kNotFound, "not found");
  TARN_EXPECT_ERROR(create("x", ""), Code::kInvalidValue, "ref: invalid value: validation error");
  TARN_EXPECT_ERROR(create("x", "main$"), Code::kInvalidValue,
                    "ref: invalid value: validation error: should point to a commit");
  TARN_EXPECT_ERROR(create("a..b", "main"), Code::kInvalidValue,
                    "argument tagID: tag id: invalid value: validation error");
  EXPECT_EQ(Must(create("tilde~1", "main")).commit, world.BranchRecord("main").commit);
  TARN_EXPECT_OK(DeleteTag(world.context, world.repository, TagId("tilde~1"), false));
  TARN_EXPECT_ERROR(DeleteTag(world.context, world.repository, TagId("tilde~1"), false),
                    Code::kTagNotFound, "tag not found");
}

TEST(BranchesTest, Deletion) {
  World world;
  TARN_EXPECT_OK(world.Branch("dev"));
  TARN_EXPECT_OK(world.Put("dev", "a", "1"));
  const auto remove = [&](const char* id) {
    return DeleteBranch(world.context, world.repository, BranchId(id), false);
  };
  TARN_EXPECT_ERROR(remove("main"), Code::kDefaultBranch,
                    "cannot delete repository default branch");
  TARN_EXPECT_ERROR(remove("a.b"), Code::kInvalidValue,
                    "argument name: branch id: invalid value: validation error");
  TARN_EXPECT_OK(remove("dev"));
  TARN_EXPECT_ERROR(remove("dev"), Code::kBranchNotFound, "branch not found");
  TARN_EXPECT_OK(world.Branch("dev"));
  EXPECT_TRUE(world.ReadAll("dev").empty());
}

TEST(BranchesTest, HooksRunAndAbort) {
  RecordingHooks hooks;
  World world(&hooks);
  TARN_EXPECT_OK(world.Branch("dev"));
  TARN_EXPECT_OK(CreateTag(world.context, world.repository, {.id = TagId("t"), .ref = "dev"}));
  TARN_EXPECT_OK(DeleteTag(world.context, world.repository, TagId("t"), false));
  TARN_EXPECT_OK(DeleteBranch(world.context, world.repository, BranchId("dev"), false));
  EXPECT_EQ(hooks.events,
            (std::vector<std::string>{"pre-create-branch", "post-create-branch", "pre-create-tag",
                                      "post-create-tag", "pre-delete-tag", "post-delete-tag",
                                      "pre-delete-branch", "post-delete-branch"}));
  hooks.failing = "pre-create-branch";
  const Status refused = world.Branch("dev").status();
  EXPECT_EQ(refused.code(), Code::kHookFailed);
  EXPECT_TRUE(refused.message().starts_with("pre-create-branch hook aborted, run id '"));
  EXPECT_TRUE(refused.message().ends_with("': told to fail"));
  EXPECT_FALSE(world.refs.GetBranch(world.repository, BranchId("dev")).ok());
}

}  // namespace
}  // namespace tarn::versioning
