#include <gmock/gmock.h>

#include <thread>

#include "refs/testing/refs_fixture.h"

namespace tarn::refs {
namespace {

using testing::ElementsAre;

class Branches : public RefsTest {
 protected:
  std::vector<std::string> List(const PageRequest& request, bool with_hidden = false) {
    const auto page = refs_.ListBranches(repository_, request, with_hidden);
    EXPECT_TRUE(page.ok());
    std::vector<std::string> names;
    for (const auto& branch : page->items) names.push_back(branch.id.str());
    if (page->has_more) names.emplace_back("...");
    return names;
  }
};

TEST_F(Branches, CreateGetDelete) {
  const CommitId head = Add("one");
  EXPECT_EQ(refs_.GetBranch(repository_, BranchId("dev")).status().message(), "branch not found");
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("dev", head)).ok());
  const Status again = refs_.CreateBranch(repository_, MakeBranch("dev", head));
  EXPECT_EQ(again.code(), Code::kNotUnique);
  EXPECT_EQ(again.message(), "branch already exists: not unique");
  const auto branch = refs_.GetBranch(repository_, BranchId("dev"));
  ASSERT_TRUE(branch.ok());
  EXPECT_EQ(branch->commit, head);
  const auto ignore = [](const Branch&) { return Status(); };
  ASSERT_TRUE(refs_.DeleteBranch(repository_, BranchId("dev"), ignore).ok());
  EXPECT_EQ(refs_.DeleteBranch(repository_, BranchId("dev"), ignore).code(), Code::kBranchNotFound);
}

TEST_F(Branches, DeletionSeesTheLastRecord) {
  const BranchId dev("dev");
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("dev", Add("one"))).ok());
  std::vector<std::string> seen;
  const auto prepare = [&](const Branch& branch) {
    seen.push_back(branch.staging_token.str());
    if (seen.size() > 1) return Status();
    return refs_.UpdateBranch(repository_, dev, [](Branch* b) -> Result<bool> {
      b->staging_token = StagingToken("repo-dev:later");
      return true;
    });
  };
  ASSERT_TRUE(refs_.DeleteBranch(repository_, dev, prepare).ok());
  EXPECT_THAT(seen, ElementsAre("repo-dev:token", "repo-dev:later"));
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("dev", Add("two"))).ok());
  const auto refuse = [](const Branch&) { return Status(Code::kIo, "told to fail"); };
  EXPECT_EQ(refs_.DeleteBranch(repository_, dev, refuse).code(), Code::kIo);
  EXPECT_TRUE(refs_.GetBranch(repository_, dev).ok());
}

TEST_F(Branches, NamedTokens) {
  repository_.id = RepositoryId("a-b");
  ASSERT_TRUE(refs_.CreateRepository(repository_, std::nullopt).ok());
  Branch branch = MakeBranch("c-d", Add("one"));
  branch.staging_token = StagingToken("a-b-c-d:1");
  branch.sealed_tokens = {StagingToken("a-b-c-d:2"), StagingToken("a-b-c-d:3")};
  ASSERT_TRUE(refs_.CreateBranch(repository_, branch).ok());
  const auto named = [&](const char* token) { return *refs_.IsTokenNamed(StagingToken(token)); };
  for (const char* token : {"a-b-c-d:1", "a-b-c-d:2", "a-b-c-d:3"}) EXPECT_TRUE(named(token));
  for (const char* token : {"a-b-c-d:4", "a-b-c:1", "x-y:1", "a-b-c-d:1:2"}) {
    EXPECT_FALSE(named(token)) << token;
  }
  // Nobody can say whose these are.
  for (const char* token : {"token", "a-b-c-d", "-x:1", "x-:1", ":1", "-:"}) {
    EXPECT_TRUE(named(token)) << token;
  }
}

TEST_F(Branches, ListSkipsHidden) {
  const CommitId head = Add("one");
  for (const char* id : {"a", "b", "c", "d"}) {
    Branch branch = MakeBranch(id, head);
    branch.hidden = branch.id == BranchId("b") || branch.id == BranchId("d");
    ASSERT_TRUE(refs_.CreateBranch(repository_, branch).ok());
  }
  EXPECT_THAT(List({}), ElementsAre("a", "c"));
  EXPECT_THAT(List({}, true), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(List({.amount = 1}), ElementsAre("a", "..."));
  EXPECT_THAT(List({.amount = 2}), ElementsAre("a", "c")) << "only a hidden one is left";
}

TEST_F(Branches, UpdateRetriesAndRefuses) {
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("main", Add("one"))).ok());
  const BranchId main("main");
  int calls = 0;
  const auto seal = [&](Branch* branch) -> Result<bool> {
    if (++calls == 1) {
      // Someone else is faster.
      EXPECT_TRUE(refs_
                      .UpdateBranch(repository_, main,
                                    [](Branch* b) -> Result<bool> {
                                      b->hidden = true;
                                      return true;
                                    })
                      .ok());
    }
    branch->sealed_tokens.push_back(branch->staging_token);
    return true;
  };
  ASSERT_TRUE(refs_.UpdateBranch(repository_, main, seal).ok());
  EXPECT_EQ(calls, 2);
  const auto branch = refs_.GetBranch(repository_, main);
  EXPECT_TRUE(branch->hidden) << "the other's change is kept";
  EXPECT_EQ(branch->sealed_tokens.size(), 1u);

  const Status refused = refs_.UpdateBranch(repository_, main, [](Branch*) -> Result<bool> {
    return Status(Code::kDirtyBranch, "uncommitted changes (dirty branch)");
  });
  EXPECT_EQ(refused.code(), Code::kDirtyBranch);
  ASSERT_TRUE(refs_
                  .UpdateBranch(repository_, main,
                                [](Branch* b) -> Result<bool> {
                                  b->commit = CommitId("changed");
                                  return false;
                                })
                  .ok());
  EXPECT_NE(refs_.GetBranch(repository_, main)->commit, CommitId("changed"));
  EXPECT_EQ(
      refs_
          .UpdateBranch(repository_, BranchId("none"), [](Branch*) -> Result<bool> { return true; })
          .code(),
      Code::kBranchNotFound);
}

TEST_F(Branches, UpdateGivesUpInTheEnd) {
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("main", Add("one"))).ok());
  kv_.set_hook([](kv::HookedStore::Call call, std::string_view, std::string_view) {
    return call == kv::HookedStore::Call::kSetIf ? kv::PredicateFailed() : Status();
  });
  const Status status =
      refs_.UpdateBranch(repository_, BranchId("main"), [](Branch* b) -> Result<bool> {
        b->hidden = !b->hidden;
        return true;
      });
  EXPECT_EQ(status.code(), Code::kTooManyTries);
  EXPECT_EQ(status.message(), "update branch: too many tries (last predicate failed)");
}

TEST_F(Branches, ConcurrentUpdatesAllHappen) {
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("main", Add("one"))).ok());
  constexpr int kThreads = 8, kRounds = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        const StagingToken token(std::to_string(t) + "/" + std::to_string(i));
        const Status status =
            refs_.UpdateBranch(repository_, BranchId("main"), [&](Branch* branch) -> Result<bool> {
              branch->sealed_tokens.push_back(token);
              return true;
            });
        EXPECT_TRUE(status.ok()) << status.ToString();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  auto tokens = refs_.GetBranch(repository_, BranchId("main"))->sealed_tokens;
  std::sort(tokens.begin(), tokens.end());
  EXPECT_EQ(tokens.size(), size_t{kThreads * kRounds});
  EXPECT_EQ(std::adjacent_find(tokens.begin(), tokens.end()), tokens.end());
}

TEST_F(Branches, Tags) {
  const CommitId head = Add("one");
  const auto tag = [&](const char* id) { return Tag{TagId(id), head}; };
  EXPECT_EQ(refs_.GetTag(repository_, TagId("v1")).status().message(), "tag not found");
  for (const char* id : {"v1", "v1.0", "v2", "\xc3\xbc"}) {
    ASSERT_TRUE(refs_.CreateTag(repository_, tag(id)).ok());
  }
  EXPECT_EQ(refs_.CreateTag(repository_, tag("v1")).message(), "tag already exists: not unique");
  EXPECT_EQ(refs_.CreateTag(repository_, tag("\xff")).code(), Code::kInvalidValue);
  EXPECT_EQ(refs_.GetTag(repository_, TagId("v1.0"))->commit, head);
  const auto page = refs_.ListTags(repository_, {.prefix = "v", .after = "v1", .amount = 1});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].id.str(), "v1.0");
  EXPECT_TRUE(page->has_more);
  ASSERT_TRUE(refs_.DeleteTag(repository_, TagId("v1")).ok());
  EXPECT_EQ(refs_.DeleteTag(repository_, TagId("v1")).message(), "tag not found");
}

}  // namespace
}  // namespace tarn::refs
