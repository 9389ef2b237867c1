#include "versioning/repository/refs_dump.h"

#include <functional>
#include <utility>

#include "kv/testing/forwarding_store.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

/// A bare repository over the namespace of the world's.
refs::Repository BareTwin(World& world) {
  return Must(CreateRepository(
      world.context,
      {.id = RepositoryId("twin"), .storage_namespace = world.kNamespace, .bare = true}));
}

void FillWorld(World& world) {
  TARN_EXPECT_OK(world.Put("main", "a", "1"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(CreateBranch(world.context, world.repository,
                              {.id = BranchId("dev"), .source = "main", .hidden = true}));
  TARN_EXPECT_OK(world.Put("dev", "b", "2"));
  TARN_EXPECT_OK(world.CommitAll("dev"));
  TARN_EXPECT_OK(world.Put("dev", "staged", "3"));
  TARN_EXPECT_OK(CreateTag(world.context, world.repository, {.id = TagId("v1"), .ref = "main"}));
}

TEST(RefsDump, RestoredIntoABareRepository) {
  World world;
  FillWorld(world);
  const RefsDump dump = Must(DumpRefs(world.context, world.repository));
  const refs::Repository twin = BareTwin(world);
  TARN_EXPECT_OK(CheckBare(world.context, twin));
  TARN_EXPECT_OK(RestoreRefs(world.context, twin, dump, false));
  TARN_EXPECT_ERROR(CheckBare(world.context, twin), Code::kInvalidValue,
                    "can only restore into a bare repository");
  for (const char* id : {"main", "dev"}) {
    const auto restored = Must(world.refs.GetBranch(twin, BranchId(id)));
    const auto original = world.BranchRecord(id);
    EXPECT_EQ(restored.commit, original.commit);
    EXPECT_NE(restored.staging_token, original.staging_token);
    EXPECT_TRUE(restored.staging_token.view().starts_with("twin-"));
    EXPECT_FALSE(restored.hidden);
  }
  const auto tag = Must(world.refs.GetTag(twin, TagId("v1")));
  EXPECT_EQ(tag.commit, world.BranchRecord("main").commit);
  const auto commits = Must(world.refs.ListCommits(twin, {.amount = 10}));
  ASSERT_EQ(commits.items.size(), 3u);
  const auto originals = Must(world.refs.ListCommits(world.repository, {.amount = 10}));
  for (size_t i = 0; i < commits.items.size(); ++i) {
    EXPECT_EQ(refs::ComputeCommitId(commits.items[i]), originals.items[i].id);
    EXPECT_EQ(commits.items[i].created, originals.items[i].created);
  }
}

/// Gives pages of one record, and lets something happen before each.
class PagesOfOne final : public kv::ForwardingStore {
 public:
  PagesOfOne(kv::Store& next, std::function<void()> before_page)
      : ForwardingStore(next), next_(next), before_page_(std::move(before_page)) {}
  const kv::Traits& traits() const override { return kv::kLeastTraits; }
  Result<kv::IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    return kv::IteratorPtr(std::make_unique<Pages>(*this, partition, prefix));
  }

 protected:
  Status Before(Call, std::string_view, std::string_view) override { return {}; }

 private:
  class Pages final : public kv::Iterator {
   public:
    Pages(PagesOfOne& store, std::string_view partition, std::string_view prefix)
        : store_(store), partition_(partition), prefix_(prefix) {}
    Status Seek(std::string_view target) override {
      store_.before_page_();
      TARN_TRY_ASSIGN(page_, store_.next_.Scan(partition_, prefix_));
      return page_->Seek(target);
    }
    Status Next() override { return Seek(std::string(key()) + '\0'); }
    bool Valid() const override { return page_->Valid(); }
    std::string_view key() const override { return page_->key(); }
    const std::string_view& value() const override { return page_->value(); }

   private:
    PagesOfOne& store_;
    const std::string partition_, prefix_;
    kv::IteratorPtr page_;
  };

  kv::Store& next_;
  const std::function<void()> before_page_;
};

TEST(RefsDump, HoldsWhatItsCommitsStandOn) {
  World world;
  FillWorld(world);
  int made = 0;
  PagesOfOne kv(*world.kv, [&] {
    if (made == 40) return;
    TARN_EXPECT_OK(world.Put("main", "a", "v" + std::to_string(++made)));
    TARN_EXPECT_OK(world.CommitAll("main"));
  });
  Context context{kv,      world.refs,    world.staging, world.committed, world.objects,
                  nullptr, world.workers, world.clock,   *world.random,   world.xids,
                  {}};
  const RefsDump dump = Must(DumpRefs(context, world.repository));
  const refs::Repository twin = BareTwin(world);
  TARN_EXPECT_OK(RestoreRefs(world.context, twin, dump, false));
}

TEST(RefsDump, SameRefsMakeTheSameDump) {
  World world;
  FillWorld(world);
  const RefsDump dump = Must(DumpRefs(world.context, world.repository));
  const refs::Repository twin = BareTwin(world);
  TARN_EXPECT_OK(RestoreRefs(world.context, twin, dump, false));
  const RefsDump again = Must(DumpRefs(world.context, twin));
  EXPECT_EQ(dump.commits, again.commits);
  EXPECT_EQ(dump.branches, again.branches);
  EXPECT_EQ(dump.tags, again.tags);
  EXPECT_EQ(Must(block::GetObject(world.objects,
                                  {world.kNamespace.view(), "_lakefs/refs_manifest.json"}, 1000)),
            ManifestOf(dump));
}

TEST(RefsDump, ARestoreMayBeRunAgainButReplacesNothing) {
  World world;
  FillWorld(world);
  const RefsDump dump = Must(DumpRefs(world.context, world.repository));
  const refs::Repository twin = BareTwin(world);
  TARN_EXPECT_OK(RestoreRefs(world.context, twin, dump, false));
  TARN_EXPECT_OK(RestoreRefs(world.context, twin, dump, false));
  const CommitId elsewhere = world.BranchRecord("main").commit;
  TARN_EXPECT_OK(
      world.refs.UpdateBranch(twin, BranchId("dev"), [&](refs::Branch* b) -> Result<bool> {
        b->commit = elsewhere;
        return true;
      }));
  EXPECT_EQ(RestoreRefs(world.context, twin, dump, false).code(), Code::kNotUnique);
  EXPECT_EQ(Must(world.refs.GetBranch(twin, BranchId("dev"))).commit, elsewhere);
}

TEST(RefsDump, RefusesRefsThatPointNowhere) {
  for (const std::string broken : {"parent", "metarange", "branch", "tag", "generation"}) {
    SCOPED_TRACE(broken);
    World world;
    FillWorld(world);
    refs::Commit commit;
    commit.message = broken;
    commit.generation = broken == "generation" ? INT32_MAX : 2;
    const std::string nowhere(64, 'a');
    if (broken == "parent") commit.parents = {CommitId(nowhere)};
    if (broken == "metarange") commit.metarange = MetarangeId(nowhere);
    TARN_EXPECT_OK(world.refs.AddCommit(world.repository, commit));
    if (broken == "branch") {
      TARN_EXPECT_OK(world.refs.UpdateBranch(world.repository, BranchId("dev"),
                                             [&](refs::Branch* b) -> Result<bool> {
                                               b->commit = CommitId(nowhere);
                                               return true;
                                             }));
    }
    if (broken == "tag") {
      TARN_EXPECT_OK(world.refs.CreateTag(world.repository, {TagId("t"), CommitId(nowhere)}));
    }
    const RefsDump dump = Must(DumpRefs(world.context, world.repository));
    const refs::Repository twin = BareTwin(world);
    const Status refused = RestoreRefs(world.context, twin, dump, false);
    EXPECT_EQ(refused.code(), Code::kInvalidValue) << refused.ToString();
    TARN_EXPECT_OK(CheckBare(world.context, twin));
    EXPECT_TRUE(Must(world.refs.ListCommits(twin, {.amount = 10})).items.empty());
  }
}

TEST(RefsDump, RefusesWhatIsNoDump) {
  World world;
  FillWorld(world);
  const RefsDump dump = Must(DumpRefs(world.context, world.repository));
  refs::Repository twin = BareTwin(world);
  RefsDump wrong = dump;
  wrong.commits = MetarangeId("a");
  EXPECT_EQ(RestoreRefs(world.context, twin, wrong, false).code(), Code::kDataNotFound);
  wrong.commits = MetarangeId();
  EXPECT_EQ(RestoreRefs(world.context, twin, wrong, false).code(), Code::kDataNotFound);
  wrong.commits = dump.branches;
  EXPECT_EQ(RestoreRefs(world.context, twin, wrong, false).code(), Code::kInvalidValue);
  const auto head = Must(world.refs.GetCommit(world.repository, world.BranchRecord("main").commit));
  wrong.commits = head->metarange;
  EXPECT_EQ(RestoreRefs(world.context, twin, wrong, false).code(), Code::kInvalidValue);
  twin.read_only = true;
  EXPECT_EQ(RestoreRefs(world.context, twin, dump, false).code(), Code::kReadOnlyRepository);
  TARN_EXPECT_OK(RestoreRefs(world.context, twin, dump, true));
}

}  // namespace
}  // namespace tarn::versioning
