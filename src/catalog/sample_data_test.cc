#include "catalog/sample_data.h"

#include <set>

#include "catalog/sample_actions.h"
#include "catalog/sample_charts.h"
#include "catalog/sample_lakes.h"
#include "catalog/sample_texts.h"
#include "versioning/branch/protection.h"
#include "versioning/repository/repositories.h"
#include "versioning/testing/world.h"

namespace tarn::catalog {
namespace {

using versioning::testing::Must;
using versioning::testing::RecordingHooks;
using versioning::testing::World;

class SampleDataTest : public ::testing::Test {
 protected:
  Result<refs::Repository> Create(const std::string& id, bool read_only = false) {
    versioning::CreateRepositoryRequest request;
    request.id = RepositoryId(id);
    request.storage_namespace = StorageNamespace("mem://bucket/" + id);
    request.default_branch = BranchId("trunk");
    request.read_only = read_only;
    request.fill = [this](const refs::Repository& repository) {
      // Nobody sees a repository that is not complete.
      EXPECT_EQ(world_.refs.GetRepository(repository.id).code(), Code::kRepositoryNotFound);
      return AddSampleData(catalog_, repository, "somebody");
    };
    return versioning::CreateRepository(world_.context, request);
  }
  std::string Read(const refs::Repository& repository, const std::string& path) {
    const Entry entry = Must(catalog_.GetEntry(repository, "trunk", path));
    const auto stream = Must(catalog_.OpenObject(repository, entry));
    std::string bytes(static_cast<size_t>(entry.size), '\0');
    EXPECT_EQ(Must(stream->Read(bytes)), bytes.size());
    return bytes;
  }
  /// Records that belong to repositories, and what is staged.
  std::set<std::string> Partitions() {
    const auto names = Must(world_.kv->ListPartitions());
    return {names.begin(), names.end()};
  }

  RecordingHooks hooks_;
  World world_{&hooks_};
  Catalog catalog_{world_.context};
};

TEST_F(SampleDataTest, OneCommitOnAProtectedBranch) {
  const refs::Repository repository = Must(Create("play"));
  std::set<std::string> paths;
  ListRequest request;
  request.ref = "trunk@";  // without what is staged
  TARN_EXPECT_OK(catalog_.List(repository, request, [&](const ListedItem& item) {
    paths.emplace(item.path);
    return Status();
  }));
  std::set<std::string> expected = {"README.md", "data/lakes.source.md", "lakes.parquet"};
  for (const SampleText& text : SampleTexts()) expected.emplace(text.path);
  for (const SampleText& text : SampleActions()) expected.emplace(text.path);
  for (const SampleChart& chart : SampleCharts()) expected.emplace(chart.path);
  EXPECT_EQ(paths, expected);
  // As many pictures as the reference has, on which tests of clients count.
  EXPECT_EQ(paths.size(), 3u + 29u + SampleActions().size());
  const refs::Branch branch = Must(world_.refs.GetBranch(repository, BranchId("trunk")));
  const auto commit = Must(world_.refs.GetCommit(repository, branch.commit));
  EXPECT_EQ(commit->message, "Add sample data");
  EXPECT_EQ(commit->committer, "somebody");
  EXPECT_TRUE(commit->metadata.empty());
  EXPECT_EQ(commit->generation, 2);
  EXPECT_EQ(Must(versioning::GetProtectionRules(world_.context, repository)).patterns,
            std::vector<std::string>{"trunk"});
  const auto refused = catalog_.BeginUpload(repository, {.branch = BranchId("trunk"), .path = "x"});
  EXPECT_EQ(refused.code(), Code::kProtectedBranch);
}

TEST_F(SampleDataTest, TextsNameTheRepositoryAndPicturesExist) {
  const refs::Repository repository = Must(Create("play"));
  const std::string readme = Read(repository, "README.md");
  EXPECT_TRUE(readme.starts_with("# Welcome to play\n")) << readme.substr(0, 80);
  EXPECT_NE(readme.find("lakefs://play/trunk/lakes.parquet"), std::string::npos);
  for (const std::span<const SampleText> texts : {SampleTexts(), SampleActions()}) {
    for (const SampleText& text : texts) {
      const std::string stored = Read(repository, std::string(text.path));
      EXPECT_EQ(stored.find("{{"), std::string::npos) << text.path;
      if (text.path != "README.md") {
        EXPECT_NE(readme.find("](" + std::string(text.path) + ")"), std::string::npos) << text.path;
      }
    }
  }
}

TEST_F(SampleDataTest, LakesAreAlwaysTheSame) {
  std::string first, second;
  for (std::string* file : {&first, &second}) {
    TARN_EXPECT_OK(WriteSampleLakes([&](std::string_view piece) {
      *file += piece;
      return Status();
    }));
  }
  EXPECT_EQ(first, second);
  EXPECT_GT(first.size(), size_t{1} << 19);
  EXPECT_LT(first.size(), size_t{1} << 20);
  EXPECT_TRUE(first.starts_with("PAR1") && first.ends_with("PAR1"));
  TARN_EXPECT_ERROR(WriteSampleLakes([](std::string_view) { return Status(Code::kIo, "full"); }),
                    Code::kIo, "full");
}

TEST_F(SampleDataTest, ChartsArePictures) {
  const auto charts = SampleCharts();
  EXPECT_EQ(charts.size(), SampleCountries().size());
  std::set<std::string> different;
  for (const SampleChart& chart : charts) {
    EXPECT_TRUE(chart.path.starts_with("images/depths-") && chart.path.ends_with(".png"));
    EXPECT_TRUE(chart.png.starts_with("\x89PNG\r\n")) << chart.path;
    different.insert(chart.png);
  }
  EXPECT_EQ(different.size(), charts.size());
}

TEST_F(SampleDataTest, AFailureLeavesNoRepository) {
  const std::set<std::string> before = Partitions();
  hooks_.failing = "pre-commit";
  const auto failed = Create("play");
  EXPECT_EQ(failed.code(), Code::kHookFailed);
  EXPECT_TRUE(failed.status().message().starts_with("error populating sample repository: "))
      << failed.status().message();
  TARN_EXPECT_ERROR(world_.refs.GetRepository(RepositoryId("play")), Code::kRepositoryNotFound,
                    "repository not found");
  TARN_EXPECT_ERROR(Create("frozen", /*read_only=*/true), Code::kReadOnlyRepository,
                    "error populating sample repository: read-only repository");
  for (int sweep = 0; sweep < 2; ++sweep) {
    TARN_EXPECT_OK(versioning::SweepDeletedRepositories(world_.context));
    world_.clock.monotonic_ms += 600'000;
  }
  world_.DropTokens();
  std::set<std::string> after = Partitions();
  after.erase("tarn-unfinished-creations");  // The place is not blocked by what was written there.
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace tarn::catalog
