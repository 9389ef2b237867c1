#include "versioning/repository/repositories.h"

#include <thread>

#include "block/layers/forwarding_store.h"
#include "versioning/repository/pulls.h"
#include "versioning/testing/interleavings.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

CreateRepositoryRequest Request(const char* id, const char* place) {
  return {.id = RepositoryId(id), .storage_namespace = StorageNamespace(place)};
}

TEST(RepositoriesTest, CreationMakesFirstCommitAndBranch) {
  World world;
  const auto& repository = world.repository;
  EXPECT_EQ(repository.default_branch, BranchId("main"));
  const refs::Branch main = world.BranchRecord("main");
  const auto commit = Must(world.refs.GetCommit(repository, main.commit));
  EXPECT_EQ(commit->message, "Repository created");
  EXPECT_EQ(commit->committer, "");
  EXPECT_EQ(commit->metarange, MetarangeId());
  EXPECT_EQ(commit->generation, 1);
  EXPECT_TRUE(commit->parents.empty());
  EXPECT_FALSE(main.staging_token.empty());
  EXPECT_EQ(Must(block::GetObject(world.objects, {"mem://bucket/repo", "_lakefs/dummy"}, 100)),
            "this is dummy data - created by lakeFS to check accessibility");
}

TEST(RepositoriesTest, RefusalsInOrder) {
  World world;
  TARN_EXPECT_ERROR(CreateRepository(world.context, Request("A", "mem://x")), Code::kInvalidValue,
                    "argument repository: repository id: invalid value: validation error");
  TARN_EXPECT_ERROR(CreateRepository(world.context, Request("repo", "s3://x")), Code::kNotUnique,
                    "error creating repository: not unique");
  auto other_storage = Request("new", "s3://x");
  other_storage.storage_id = "unknown";
  TARN_EXPECT_ERROR(CreateRepository(world.context, other_storage), Code::kInvalidValue,
                    "storage id: invalid value: validation error");
  TARN_EXPECT_ERROR(CreateRepository(world.context, Request("new", "s3://x")), Code::kInvalidValue,
                    "failed to match required regex ^mem://: invalid namespace");
  TARN_EXPECT_ERROR(CreateRepository(world.context, Request("new", "mem://bucket/repo")),
                    Code::kInvalidValue,
                    "failed to create repository: found lakeFS objects in the storage "
                    "(:mem://bucket/repo) key(_lakefs/dummy): storage namespace already in use");
  TARN_EXPECT_OK(block::PutObject(world.objects, {"mem://bucket/root", "dummy"}, "x"));
  TARN_EXPECT_ERROR(CreateRepository(world.context, Request("new", "mem://bucket/root")),
                    Code::kInvalidValue,
                    "failed to create repository: found lakeFS objects in the storage root "
                    "(:mem://bucket/root): storage namespace already in use");
  world.context.settings.ensure_readable_root_namespace = false;
  TARN_EXPECT_OK(CreateRepository(world.context, Request("new", "mem://bucket/root")));
}

/// A store in one region, whose buckets may lie in others.
class RegionalStore final : public block::ForwardingStore {
 public:
  explicit RegionalStore(block::ObjectStore& under) : ForwardingStore(under), info_(under.info()) {
    info_.region = "eu-west-1";
  }
  const block::StoreInfo& info() const override { return info_; }
  Result<std::optional<std::string>> Region(std::string_view) override { return told; }

  Result<std::optional<std::string>> told = std::optional<std::string>("us-east-1");

 private:
  block::StoreInfo info_;
};

TEST(RepositoriesTest, MayBeKeptInOneRegion) {
  World world;
  RegionalStore regional(world.objects);
  Context& all = world.context;
  Context context{all.kv,      all.refs,  all.staging, all.committed, regional, all.hooks,
                  all.workers, all.clock, all.random,  all.xids,      {},       all.state};
  const auto create = [&](const char* id) {
    const std::string place = "mem://bucket/" + std::string(id);
    return CreateRepository(context, Request(id, place.c_str()));
  };
  TARN_EXPECT_OK(create("anywhere"));
  context.settings.allow_inter_region_storage = false;
  TARN_EXPECT_ERROR(create("elsewhere"), Code::kInvalidValue,
                    "invalid namespace: namespace region (\"us-east-1\") does not match block "
                    "region (\"eu-west-1\")");
  regional.told = Status(Code::kIo, "no answer");
  TARN_EXPECT_ERROR(
      create("unknown"), Code::kInvalidValue,
      "failed to get region of storage namespace mem://bucket/unknown: invalid namespace");
  regional.told = std::optional<std::string>("eu-west-1");
  TARN_EXPECT_OK(create("here"));
  regional.told = std::optional<std::string>();
  TARN_EXPECT_OK(create("nowhere"));
}

TEST(RepositoriesTest, BareIsARecordOnly) {
  World world;
  auto request = Request("bare", "mem://bucket/repo");  // A namespace in use is fine.
  request.bare = true;
  request.default_branch = BranchId("trunk");
  const auto bare = Must(CreateRepository(world.context, request));
  EXPECT_EQ(bare.default_branch, BranchId("trunk"));
  EXPECT_TRUE(Must(world.refs.ListBranches(bare, {}, true)).items.empty());
  TARN_EXPECT_ERROR(CreateRepository(world.context, request), Code::kNotUnique,
                    "error creating repository: not unique");
  TARN_EXPECT_ERROR(CreateBranch(world.context, bare, {.id = BranchId("x"), .source = "trunk"}),
                    Code::kNotFound, "source reference 'trunk': not found");
  const auto commit = Commit(world.context, bare, {.branch = BranchId("trunk")});
  EXPECT_EQ(commit.code(), Code::kNotFound);
  EXPECT_TRUE(commit.status().message().ends_with(
      "': list actions from commit: listing actions: not found"))
      << commit.status().message();
  EXPECT_TRUE(commit.status().message().starts_with("prepare-commit hook aborted, run id '"));
}

TEST(RepositoriesTest, ReadOnlySkipsTheProbe) {
  World world;
  auto request = Request("frozen", "mem://bucket/repo");
  request.read_only = true;
  const auto frozen = Must(CreateRepository(world.context, request));
  EXPECT_TRUE(frozen.read_only);
  EXPECT_TRUE(world.refs.GetBranch(frozen, BranchId("main")).ok());
  const CommitRequest commit{.branch = BranchId("main"), .allow_empty = true};
  TARN_EXPECT_ERROR(Commit(world.context, frozen, commit), Code::kReadOnlyRepository,
                    "read-only repository");
  CommitRequest forced = commit;
  forced.force = true;
  TARN_EXPECT_OK(Commit(world.context, frozen, forced));
  TARN_EXPECT_ERROR(DeleteRepository(world.context, frozen.id, false), Code::kReadOnlyRepository,
                    "read-only repository");
  TARN_EXPECT_OK(DeleteRepository(world.context, frozen.id, true));
}

TEST(RepositoriesTest, DeletionFreesTheNameAndTheStagedData) {
  World world;
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  const StagingToken token = world.BranchRecord("main").staging_token;
  TARN_EXPECT_OK(DeleteRepository(world.context, RepositoryId("repo"), false));
  TARN_EXPECT_ERROR(world.refs.GetRepository(RepositoryId("repo")), Code::kRepositoryNotFound,
                    "repository not found");
  TARN_EXPECT_ERROR(DeleteRepository(world.context, RepositoryId("repo"), false),
                    Code::kRepositoryNotFound, "repository not found");
  TARN_EXPECT_OK(SweepDeletedRepositories(world.context));
  EXPECT_TRUE(Must(world.staging.Empty({&token, 1})));

  world.repository = Must(CreateRepository(world.context, Request("repo", "mem://bucket/again")));
  EXPECT_TRUE(world.ReadAll("main").empty());
  TARN_EXPECT_OK(SweepDeletedRepositories(world.context));
  EXPECT_TRUE(world.refs.GetBranch(world.repository, BranchId("main")).ok());
}

constexpr const char* kInUse = "storage namespace already in use";

TEST(RepositoriesTest, OnePlaceHasOneRepository) {
  World world;
  int created = 0;
  for (int pair = 0; pair < 20; ++pair) {
    const std::string place = "mem://bucket/pair" + std::to_string(pair);
    std::vector<std::thread> threads;
    std::atomic<int> done = 0;
    for (const char* suffix : {"/", "//", ""}) {
      threads.emplace_back([&, suffix, name = "repo-" + std::to_string(created++)] {
        if (CreateRepository(world.context, Request(name.c_str(), (place + suffix).c_str())).ok()) {
          ++done;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(done, 1) << place;
  }
}

TEST(RepositoriesTest, NoPlaceInsideOfAnother) {
  World world;  // At mem://bucket/repo.
  for (const char* place :
       {"mem://bucket/repo/data", "mem://bucket/repo/data/", "mem://bucket/repo/data/x/y",
        "mem://bucket/repo/_lakefs", "mem://bucket/repo//_lakefs/x", "mem://bucket/repo/./data/x",
        "memory://bucket/other/../repo/data"}) {
    for (const bool bare : {false, true}) {
      auto request = Request("inner", place);
      request.bare = bare;
      const Status refused = ToStatus(CreateRepository(world.context, request));
      // A scheme that the store does not have is refused before.
      const bool foreign = std::string_view(place).starts_with("memory:");
      EXPECT_EQ(refused.code(), Code::kInvalidValue) << place;
      EXPECT_TRUE(foreign || refused.message().ends_with(kInUse)) << refused.message();
    }
  }
  for (const char* place : {"mem://bucket/repo/database", "mem://bucket/repo/inner",
                            "mem://bucket/repository", "mem://bucket/re"}) {
    TARN_EXPECT_OK(CreateRepository(world.context, Request("inner", place)));
    TARN_EXPECT_OK(DeleteRepository(world.context, RepositoryId("inner"), false));
  }
  // Nor one around it, whose own data it would be.
  TARN_EXPECT_OK(CreateRepository(world.context, Request("deep", "mem://bucket/outer/data/x")));
  EXPECT_EQ(CreateRepository(world.context, Request("outer", "mem://bucket/outer")).code(),
            Code::kInvalidValue);
}

TEST(RepositoriesTest, PlacesOfRepositoriesWithoutAMarkCount) {
  World world;
  auto bare = Request("bare", "mem://bucket/bare");
  bare.bare = true;
  TARN_EXPECT_OK(CreateRepository(world.context, bare));
  const Status refused =
      ToStatus(CreateRepository(world.context, Request("second", "mem://bucket/bare/")));
  EXPECT_TRUE(refused.message().ends_with(kInUse)) << refused.message();
  // What is deleted leaves its mark, as in the reference.
  TARN_EXPECT_OK(DeleteRepository(world.context, RepositoryId("repo"), false));
  EXPECT_TRUE(ToStatus(CreateRepository(world.context, Request("repo", "mem://bucket/repo")))
                  .message()
                  .ends_with(kInUse));
  bare.id = RepositoryId("again");
  bare.storage_namespace = StorageNamespace("mem://bucket/repo");
  TARN_EXPECT_OK(CreateRepository(world.context, bare));
}

TEST(RepositoriesTest, ACreationThatDiedDoesNotBlockThePlace) {
  bool died = true;
  for (int call = 0; died; ++call) {
    SCOPED_TRACE("dies at call " + std::to_string(call));
    World world;
    world.kv->DieAt(call);
    const Status first =
        ToStatus(CreateRepository(world.context, Request("first", "mem://bucket/place")));
    died = world.kv->Revive();
    EXPECT_TRUE(first.ok() || died);
    refs::Store refs(*world.kv, world.clock, *world.random, {});
    const bool exists = refs.GetRepository(RepositoryId("first")).ok();
    const Status second =
        ToStatus(CreateRepository(world.context, Request("second", "mem://bucket/place")));
    EXPECT_EQ(second.ok(), !exists) << second.ToString();
    if (!exists) continue;
    TARN_EXPECT_OK(DeleteRepository(world.context, RepositoryId("first"), false));
    EXPECT_FALSE(CreateRepository(world.context, Request("third", "mem://bucket/place")).ok());
  }
}

TEST(RepositoriesTest, TwoServersDoNotCreateInOnePlace) {
  for (const char* place : {"mem://bucket/place", "mem://bucket/place/data/inside"}) {
    int ran = 1;
    for (int call = 0; ran != 0; ++call) {
      SCOPED_TRACE(std::string(place) + " at call " + std::to_string(call));
      World world;
      Status second;
      world.kv->Arm({call}, [&] {
        testing::AsAnotherServer(world, [&] {
          second = ToStatus(CreateRepository(world.context, Request("second", place)));
        });
      });
      const Status first =
          ToStatus(CreateRepository(world.context, Request("first", "mem://bucket/place")));
      ran = world.kv->Disarm();
      EXPECT_FALSE(ran != 0 && first.ok() && second.ok());
      EXPECT_TRUE(first.ok() || second.ok()) << first.ToString() << ", " << second.ToString();
      for (const char* id : {"first", "second"}) {
        const auto found = world.refs.GetRepository(RepositoryId(id));
        if (found.ok()) TARN_EXPECT_OK(world.refs.GetBranch(*found, BranchId("main")));
      }
    }
  }
}

TEST(RepositoriesTest, ANameThatIsTakenDoesNotSpoilThePlace) {
  World world;
  TARN_EXPECT_OK(world.kv->Set("graveler", "repos/taken", "no record"));
  EXPECT_FALSE(CreateRepository(world.context, Request("taken", "mem://bucket/place")).ok());
  TARN_EXPECT_OK(world.kv->Delete("graveler", "repos/taken"));
  TARN_EXPECT_OK(CreateRepository(world.context, Request("other", "mem://bucket/place")));
}

/// Every record of the KV.
std::vector<std::string> AllKeys(World& world) {
  std::vector<std::string> keys;
  for (const std::string& partition : Must(world.kv->ListPartitions())) {
    const auto records = Must(world.kv->Scan(partition, ""));
    TARN_EXPECT_OK(records->Seek(""));
    while (records->Valid()) {
      keys.push_back(partition + " " + std::string(records->key()));
      TARN_EXPECT_OK(records->Next());
    }
  }
  return keys;
}

TEST(RepositoriesTest, DeletionLeavesNoRecord) {
  World world;
  const std::vector<std::string> before = AllKeys(world);
  world.repository = Must(CreateRepository(world.context, Request("other", "mem://bucket/other")));
  const refs::Repository& other = world.repository;
  for (const char* path : {"a", "b", "c"}) {
    TARN_EXPECT_OK(world.Put("main", path, "1"));
    TARN_EXPECT_OK(world.CommitAll("main"));
  }
  TARN_EXPECT_OK(world.Branch("dev"));
  TARN_EXPECT_OK(world.Put("dev", "d", "staged"));
  TARN_EXPECT_OK(world.Delete("dev", "a"));
  TARN_EXPECT_OK(CreateTag(world.context, other, {.id = TagId("v1"), .ref = "main"}));
  TARN_EXPECT_OK(CreatePull(world.context, other,
                            {.source = BranchId("dev"), .destination = BranchId("main")}));
  TARN_EXPECT_OK(world.refs.UpdateRepositoryMetadata(
      other, [](Metadata* metadata) { (*metadata)["k"] = "v"; }));
  TARN_EXPECT_OK(world.refs.SetSetting(other, "protected_branches", "bytes", {}));
  TARN_EXPECT_OK(world.kv->Set(other.partition(), "imports/x", "status"));
  TARN_EXPECT_OK(world.kv->Set(other.partition(), "tasks/x", "status"));
  // A commit that began and did not end: its changes are sealed.
  TARN_EXPECT_OK(world.refs.UpdateBranch(other, BranchId("dev"), [&](refs::Branch* branch) {
    branch->sealed_tokens.insert(branch->sealed_tokens.begin(), branch->staging_token);
    branch->staging_token = staging::NewStagingToken(*world.random, other.id, branch->id);
    return Result<bool>(true);
  }));
  EXPECT_GT(AllKeys(world).size(), before.size() + 15);

  TARN_EXPECT_OK(DeleteRepository(world.context, other.id, false));
  TARN_EXPECT_OK(SweepDeletedRepositories(world.context));
  world.clock.monotonic_ms += 600'000;
  TARN_EXPECT_OK(SweepDeletedRepositories(world.context));
  world.DropTokens();
  EXPECT_EQ(AllKeys(world), before);
}

}  // namespace
}  // namespace tarn::versioning
