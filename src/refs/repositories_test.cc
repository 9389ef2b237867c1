#include <gmock/gmock.h>

#include "base/blocking.h"
#include "refs/records.h"
#include "refs/testing/refs_fixture.h"

namespace tarn::refs {
namespace {

using testing::ElementsAre;

const Store::QueueTokensFn kNoTokens = [](std::span<const StagingToken>) { return Status(); };

class Repositories : public RefsTest {
 protected:
  Repository Named(std::string_view id) {
    Repository repository = repository_;
    repository.id = RepositoryId(id);
    repository.instance_uid = xids_.New();
    return repository;
  }
  std::vector<std::string> List(const PageRequest& request, std::string_view search = "") {
    const auto page = refs_.ListRepositories(request, search);
    EXPECT_TRUE(page.ok());
    std::vector<std::string> names;
    for (const auto& repository : page->items) names.push_back(repository.id.str());
    if (page->has_more) names.emplace_back("...");
    return names;
  }
  int Count(Store::Unfinished unfinished) {
    int count = 0;
    const auto visit = [&](const Repository&) { return ++count, Status(); };
    EXPECT_TRUE(refs_.ForEachRepository("", visit, unfinished).ok());
    return count;
  }
  Repository Marked(Repository repository) {
    repository.state = RepositoryState::kInDeletion;
    return repository;
  }
  // Every partition that holds something.
  std::vector<std::string> Partitions() { return *mem_->ListPartitions(); }
  /// Sees what is being created, ends it if it is dead, and sweeps twice what was deleted.
  Status Sweep(Store& refs) {
    for (int i = 0; i < 2; ++i) {
      TARN_TRY(refs.SweepDeleted(kNoTokens));
      clock_.monotonic_ms += 600'000;
    }
    return refs.SweepDeleted(kNoTokens);
  }
  static Commit FirstCommit() {
    Commit commit;
    commit.message = "Repository created";
    commit.created = {1'700'000'000, 5};
    return commit;
  }
};

TEST_F(Repositories, CreateWritesEverything) {
  EXPECT_EQ(refs_.GetRepository(repository_.id).code(), Code::kRepositoryNotFound);
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  const auto found = refs_.GetRepository(repository_.id);
  ASSERT_TRUE(found.ok()) << "seen at once";
  EXPECT_EQ(found->instance_uid, repository_.instance_uid);
  const auto branch = refs_.GetBranch(*found, found->default_branch);
  ASSERT_TRUE(branch.ok());
  EXPECT_TRUE(branch->sealed_tokens.empty());
  EXPECT_THAT(branch->staging_token.str(), testing::StartsWith("repo-main:"));
  EXPECT_EQ(MessageOf(branch->commit), "Repository created");
  const Status again = refs_.CreateRepository(Named("repo"), FirstCommit());
  EXPECT_EQ(again.code(), Code::kNotUnique);
  EXPECT_EQ(again.message(), "not unique");
}

TEST_F(Repositories, BareHasNothingButTheRecord) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, std::nullopt).ok());
  EXPECT_THAT(Partitions(), ElementsAre("graveler"));
  EXPECT_EQ(refs_.GetBranch(repository_, BranchId("main")).status().message(), "branch not found");
  EXPECT_EQ(refs_.Resolve(repository_, "main").status().message(), "not found");
}

TEST_F(Repositories, LostCreationLeavesNothing) {
  // Another server creates the name between the look and the write.
  kv_.set_hook([&](kv::HookedStore::Call call, std::string_view partition, std::string_view) {
    if (call == kv::HookedStore::Call::kSetIf && partition == "graveler") {
      return mem_->Set("graveler", "repos/repo", EncodeRepository(Named("repo")));
    }
    return Status();
  });
  EXPECT_EQ(refs_.CreateRepository(repository_, FirstCommit()).code(), Code::kNotUnique);
  ASSERT_TRUE(Sweep(refs_).ok());
  EXPECT_THAT(Partitions(), ElementsAre("graveler"));
}

TEST_F(Repositories, CreationThatDiesLeavesNothing) {
  bool died = true;
  for (int lives = 0; died; ++lives) {
    const Repository made = Named("made");
    int left = lives;
    died = false;
    kv_.set_hook([&](kv::HookedStore::Call, std::string_view, std::string_view) {
      if (left-- > 0) return Status();
      died = true;
      return Status(Code::kIo, "the server has died");
    });
    const auto fill = [&] {
      const auto branch = refs_.GetBranch(made, BranchId("main"));
      TARN_TRY(branch.status());
      return kv_.Set(branch->staging_token.view(), "path", "staged");
    };
    const Status created = refs_.CreateRepository(made, FirstCommit(), {.claim = {}, .fill = fill});
    kv_.set_hook({});
    EXPECT_TRUE(created.ok() || died);
    ASSERT_TRUE(Sweep(refs_).ok());
    if (!refs_.GetRepository(made.id).ok()) {
      EXPECT_THAT(Partitions(), ElementsAre());
      continue;
    }
    EXPECT_TRUE(refs_.GetBranch(made, BranchId("main")).ok());
    ASSERT_TRUE(refs_.DeleteRepository(made).ok());
    ASSERT_TRUE(Sweep(refs_).ok());
    EXPECT_THAT(Partitions(), ElementsAre());
  }
}

TEST_F(Repositories, SweepsLeaveACreationAlone) {
  const auto fill = [&] { return Sweep(refs_); };
  const Status created =
      refs_.CreateRepository(repository_, FirstCommit(), {.claim = {}, .fill = fill});
  ASSERT_TRUE(created.ok());
  ASSERT_TRUE(Sweep(refs_).ok());
  EXPECT_TRUE(refs_.GetBranch(repository_, BranchId("main")).ok());
}

TEST_F(Repositories, ASweepOfAnotherServerEndsACreationAsAWholeOrNotAtAll) {
  if (!kv_.traits().shared) GTEST_SKIP() << "there is no other server";
  for (const bool long_ago : {false, true}) {
    Store other(kv_, clock_, *random_, {});
    const Repository made = Named("made");
    const auto fill = [&] { return long_ago ? Sweep(other) : other.SweepDeleted(kNoTokens); };
    const Status created = refs_.CreateRepository(made, FirstCommit(), {.claim = {}, .fill = fill});
    EXPECT_EQ(created.code(), long_ago ? Code::kRepositoryInDeletion : Code::kOk);
    EXPECT_EQ(refs_.GetRepository(made.id).ok(), !long_ago);
    EXPECT_EQ(refs_.GetBranch(made, BranchId("main")).ok(), !long_ago);
    if (!long_ago) {
      ASSERT_TRUE(refs_.DeleteRepository(made).ok());
    }
    ASSERT_TRUE(Sweep(other).ok());
    EXPECT_THAT(Partitions(), ElementsAre());
  }
}

TEST_F(Repositories, WhatIsBeingCreatedIsSeenByNobody) {
  const auto look = [&]() -> Status {
    EXPECT_EQ(refs_.GetRepository(repository_.id).code(), Code::kRepositoryNotFound);
    EXPECT_THAT(List({}), ElementsAre());
    EXPECT_EQ(Count(Store::Unfinished::kHidden), 0);
    EXPECT_EQ(Count(Store::Unfinished::kShown), 1);
    EXPECT_EQ(refs_.CreateRepository(Named("repo"), FirstCommit()).code(), Code::kNotUnique);
    return Status();
  };
  ASSERT_TRUE(
      refs_.CreateRepository(repository_, FirstCommit(), {.claim = look, .fill = look}).ok());
  EXPECT_THAT(List({}), ElementsAre("repo"));
}

TEST_F(Repositories, ADeletionThatIsSlowSparesTheNextRepositoryOfTheName) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  const Repository next = Named("repo");
  int calls = 0;
  kv_.set_hook([&](kv::HookedStore::Call call, std::string_view partition, std::string_view) {
    const bool removes = call == kv::HookedStore::Call::kDeleteIf && partition == "graveler";
    if (!removes || calls++ != 0) return Status();
    Store other(*mem_, clock_, *random_, {});
    EXPECT_TRUE(other.SweepDeleted(kNoTokens).ok());
    EXPECT_TRUE(other.CreateRepository(next, FirstCommit()).ok());
    return Status();
  });
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  kv_.set_hook({});
  EXPECT_EQ(calls, 1);
  const auto found = refs_.GetRepository(next.id);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->instance_uid, next.instance_uid);
}

TEST_F(Repositories, ListByName) {
  for (const char* id : {"beta", "alpha", "al-2", "gamma", "alp"}) {
    ASSERT_TRUE(refs_.CreateRepository(Named(id), std::nullopt).ok());
  }
  EXPECT_THAT(List({}), ElementsAre("al-2", "alp", "alpha", "beta", "gamma"));
  EXPECT_THAT(List({.prefix = "al"}), ElementsAre("al-2", "alp", "alpha"));
  EXPECT_THAT(List({.prefix = "al", .amount = 2}), ElementsAre("al-2", "alp", "..."));
  EXPECT_THAT(List({.prefix = "al", .after = "alp", .amount = 1}), ElementsAre("alpha"));
  EXPECT_THAT(List({.after = "alp"}), ElementsAre("alpha", "beta", "gamma"));
  EXPECT_THAT(List({.after = "am"}), ElementsAre("beta", "gamma"));
  EXPECT_THAT(List({.prefix = "b", .after = "a"}), ElementsAre("beta"));
  EXPECT_THAT(List({.prefix = "b", .after = "c"}), ElementsAre());
  EXPECT_THAT(List({.amount = 1}, "pha"), ElementsAre("alpha"));
  EXPECT_THAT(List({.amount = 1}, "a"), ElementsAre("al-2", "..."));
}

TEST_F(Repositories, CacheIsShortAndSeesOwnChanges) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, std::nullopt).ok());
  ASSERT_TRUE(refs_.GetRepository(repository_.id).ok());
  int reads = 0;
  kv_.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view) {
    if (call == kv::HookedStore::Call::kGet) ++reads;
    return Status();
  });
  ASSERT_TRUE(refs_.GetRepository(repository_.id).ok());
  EXPECT_EQ(reads, 0);
  // Another server deletes it: unseen while the record is fresh.
  ASSERT_TRUE(mem_->Delete("graveler", "repos/repo").ok());
  clock_.monotonic_ms += 999;
  EXPECT_TRUE(refs_.GetRepository(repository_.id).ok());
  clock_.monotonic_ms += 1;
  EXPECT_EQ(refs_.GetRepository(repository_.id).code(), Code::kRepositoryNotFound);
  // A record is as old as the beginning of the read that brought it.
  ASSERT_TRUE(refs_.CreateRepository(repository_, std::nullopt).ok());
  kv_.set_hook([&](kv::HookedStore::Call, std::string_view, std::string_view) {
    clock_.monotonic_ms += 600;
    return Status();
  });
  ASSERT_TRUE(refs_.GetRepository(repository_.id).ok());
  ASSERT_TRUE(mem_->Delete("graveler", "repos/repo").ok());
  clock_.monotonic_ms += 399;
  EXPECT_TRUE(refs_.GetRepository(repository_.id).ok());
  clock_.monotonic_ms += 1;
  EXPECT_EQ(refs_.GetRepository(repository_.id).code(), Code::kRepositoryNotFound);
  kv_.set_hook({});
  // Own changes: at once.
  ASSERT_TRUE(refs_.CreateRepository(repository_, std::nullopt).ok());
  ASSERT_TRUE(refs_.GetRepository(repository_.id).ok());
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  EXPECT_EQ(refs_.GetRepository(repository_.id).code(), Code::kRepositoryNotFound);
}

TEST_F(Repositories, ReaderDoesNotBringBackADeletedRecord) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, std::nullopt).ok());
  // The deletion happens while the reader holds the old bytes.
  class DeletingStore : public kv::HookedStore {
   public:
    using HookedStore::HookedStore;
    Result<std::optional<std::string>> Get(std::string_view p, std::string_view k) override {
      auto found = HookedStore::Get(p, k);
      if (auto action = std::exchange(after_get, nullptr)) action();
      return found;
    }
    std::function<void()> after_get;
  };
  DeletingStore kv(*mem_);
  Store refs(kv, clock_, *random_, {});
  kv.after_get = [&] { ASSERT_TRUE(refs.DeleteRepository(repository_).ok()); };
  EXPECT_TRUE(refs.GetRepository(repository_.id).ok()) << "it was there when the call began";
  EXPECT_EQ(refs.GetRepository(repository_.id).code(), Code::kRepositoryNotFound);
}

TEST_F(Repositories, DeleteFreesTheNameAndSweepsLater) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  const auto branch = refs_.GetBranch(repository_, BranchId("main"));
  ASSERT_TRUE(branch.ok());
  Branch sealed = MakeBranch("other", branch->commit);
  sealed.sealed_tokens = {StagingToken("repo-other:sealed")};
  ASSERT_TRUE(refs_.CreateBranch(repository_, sealed).ok());
  ASSERT_TRUE(mem_->Set(branch->staging_token.view(), "path", "staged").ok());
  ASSERT_TRUE(mem_->Set("repo-other:sealed", "path", "staged").ok());
  ASSERT_TRUE(mem_->Set("pulls", "repos/" + repository_.partition() + "/a/b", "id").ok());
  ASSERT_TRUE(mem_->Set("pulls", "repos/" + repository_.partition() + "x/a/b", "id").ok());
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  EXPECT_EQ(refs_.DeleteRepository(repository_).code(), Code::kRepositoryNotFound);
  const Repository next = Named("repo");
  ASSERT_TRUE(refs_.CreateRepository(next, FirstCommit()).ok());
  EXPECT_EQ(refs_.DeleteRepository(repository_).code(), Code::kRepositoryNotFound)
      << "a new life of the name is not the old one's to delete";
  ASSERT_TRUE(Sweep(refs_).ok());
  EXPECT_THAT(Partitions(), ElementsAre("graveler", "pulls", next.partition()));
  EXPECT_TRUE(refs_.GetBranch(next, BranchId("main")).ok());
  EXPECT_TRUE(mem_->Get("pulls", "repos/" + repository_.partition() + "x/a/b")->has_value());
}

TEST_F(Repositories, WhatIsWrittenLateIsSweptToo) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  EXPECT_EQ(refs_.GetBranch(repository_, BranchId("main")).code(), Code::kBranchNotFound);
  // A commit and a branch that were under way.
  const CommitId late = Add("late");
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("late", late)).ok());
  ASSERT_TRUE(mem_->Set("repo-late:token", "path", "staged").ok());
  clock_.monotonic_ms += 599'000;
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  EXPECT_THAT(Partitions(), testing::Contains(repository_.partition()));
  clock_.monotonic_ms += 1'000;
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  EXPECT_THAT(Partitions(), ElementsAre());
}

TEST_F(Repositories, ABranchThatComesWhileARepositoryIsSweptIsNotForgotten) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  const Branch late = MakeBranch("late", CommitId("c"));
  bool is_there = false;
  const auto arrive = [&] {
    if (std::exchange(is_there, true)) return;
    ASSERT_TRUE(refs_.CreateBranch(repository_, late).ok());
  };
  kv_.set_hook([&](kv::HookedStore::Call call, std::string_view partition, std::string_view) {
    if (call == kv::HookedStore::Call::kDrop && partition == repository_.partition()) arrive();
    return Status();
  });
  std::vector<StagingToken> queued;
  const auto queue = [&](std::span<const StagingToken> tokens) {
    queued.insert(queued.end(), tokens.begin(), tokens.end());
    return Status();
  };
  ASSERT_TRUE(refs_.SweepDeleted(queue).ok());
  arrive();
  clock_.monotonic_ms += 600'000;
  ASSERT_TRUE(refs_.SweepDeleted(queue).ok());
  EXPECT_THAT(queued, testing::Contains(late.staging_token));
  EXPECT_THAT(Partitions(), ElementsAre());
}

TEST_F(Repositories, CommitsOfAnEarlierLifeAreNotServed) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  const CommitId extra = Add("of the first life");
  ASSERT_TRUE(refs_.GetCommit(repository_, extra).ok());
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  const Repository next = Named("repo");
  ASSERT_TRUE(refs_.CreateRepository(next, FirstCommit()).ok());
  EXPECT_EQ(refs_.GetCommit(next, extra).code(), Code::kCommitNotFound);
}

// Whatever write a crash comes after, a restarted server ends the deletion, and a deletion that
// was never begun does not happen.
TEST_F(Repositories, DeletionSurvivesACrashAnywhere) {
  for (int survives = 0;; ++survives) {
    SCOPED_TRACE(survives);
    const Repository repository = Named("repo");
    ASSERT_TRUE(refs_.CreateRepository(repository, FirstCommit()).ok());
    const auto branch = refs_.GetBranch(repository, BranchId("main"));
    ASSERT_TRUE(mem_->Set(branch->staging_token.view(), "path", "staged").ok());
    int writes = 0;
    kv_.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view) {
      const bool reads =
          call == kv::HookedStore::Call::kGet || call == kv::HookedStore::Call::kScan;
      return reads || writes++ < survives ? Status() : Status(Code::kIo, "power is out");
    });
    const Status deleted = refs_.DeleteRepository(repository);
    const Status swept = deleted.ok() ? Sweep(refs_) : deleted;
    kv_.set_hook(nullptr);
    Store restarted(kv_, clock_, *random_, {});
    ASSERT_TRUE(Sweep(restarted).ok());
    if (survives == 0) {
      EXPECT_TRUE(restarted.GetRepository(repository.id).ok());
      ASSERT_TRUE(restarted.DeleteRepository(repository).ok());
      ASSERT_TRUE(Sweep(restarted).ok());
    }
    EXPECT_EQ(restarted.GetRepository(repository.id).code(), Code::kRepositoryNotFound);
    EXPECT_THAT(Partitions(), ElementsAre());
    if (swept.ok()) break;
    ASSERT_LT(survives, 50);
  }
}

TEST_F(Repositories, DamagedRecordsDoNotStopTheSweep) {
  ASSERT_TRUE(mem_->Set("graveler", "repos/damaged", "\x0a\x7f").ok());
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  ASSERT_TRUE(mem_->Set(repository_.partition(), "branches/damaged", "\x0a\x7f").ok());
  ASSERT_TRUE(refs_.DeleteRepository(repository_).ok());
  ASSERT_TRUE(Sweep(refs_).ok());
  EXPECT_THAT(Partitions(), ElementsAre("graveler"));
}

TEST_F(Repositories, WhatTheReferenceHasMarkedIsRemoved) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  // A field that nobody knows, as a later version may write it.
  const std::string stored = EncodeRepository(Marked(repository_)) + "\xa2\x06\x01x";
  ASSERT_TRUE(mem_->Set("graveler", "repos/repo", stored).ok());
  Store restarted(kv_, clock_, *random_, {});
  ASSERT_TRUE(Sweep(restarted).ok());
  EXPECT_THAT(Partitions(), ElementsAre());
}

TEST_F(Repositories, WhatCannotBeReadIsNotTakenForGone) {
  const std::string damaged = "\x0a\x7f";
  for (const bool is_queue_record : {false, true}) {
    const Repository made = Named(is_queue_record ? "queued" : "recorded");
    ASSERT_TRUE(refs_.CreateRepository(made, FirstCommit()).ok());
    const std::string queued = is_queue_record ? damaged : EncodeRepository(Marked(made));
    ASSERT_TRUE(mem_->Set("tarn-deleted-repositories", made.partition(), queued).ok());
    if (!is_queue_record) {
      ASSERT_TRUE(mem_->Set("graveler", "repos/recorded", damaged).ok());
    }
    Store restarted(kv_, clock_, *random_, {});
    ASSERT_TRUE(Sweep(restarted).ok());
    EXPECT_TRUE(refs_.GetBranch(made, BranchId("main")).ok());
    EXPECT_TRUE(mem_->Get("tarn-deleted-repositories", made.partition())->has_value());
  }
}

TEST_F(Repositories, ASweepSparesTheQueueRecordOfADeletionThatBeginsMeanwhile) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  // Left by a sweep that lost against the creation.
  ASSERT_TRUE(mem_->Set("tarn-deleted-repositories", repository_.partition(),
                        EncodeRepository(Marked(repository_)))
                  .ok());
  // The deletion stops between its queue record and the end of the repository's.
  kv::HookedStore cut(*mem_);
  cut.set_hook([](kv::HookedStore::Call call, std::string_view, std::string_view) {
    return call == kv::HookedStore::Call::kDeleteIf ? Status(Code::kIo, "power is out") : Status();
  });
  Store deleting(cut, clock_, *random_, {});
  bool began = false;
  kv_.set_hook([&](kv::HookedStore::Call call, std::string_view partition, std::string_view) {
    const bool removes =
        call == kv::HookedStore::Call::kDeleteIf || call == kv::HookedStore::Call::kDelete;
    if (!removes || partition != "tarn-deleted-repositories" || began) return Status();
    began = true;
    EXPECT_EQ(deleting.DeleteRepository(repository_).code(), Code::kIo);
    return Status();
  });
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  kv_.set_hook(nullptr);
  EXPECT_TRUE(began);
  EXPECT_TRUE(mem_->Get("tarn-deleted-repositories", repository_.partition())->has_value());
  ASSERT_TRUE(Sweep(refs_).ok());
  EXPECT_THAT(Partitions(), ElementsAre());
}

TEST_F(Repositories, QueueRecordsOfWhatExistsAreRemoved) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  ASSERT_TRUE(mem_->Set("tarn-deleted-repositories", repository_.partition(),
                        EncodeRepository(Marked(repository_)))
                  .ok());
  ASSERT_TRUE(Sweep(refs_).ok());
  EXPECT_FALSE(mem_->Get("tarn-deleted-repositories", repository_.partition())->has_value());
  EXPECT_TRUE(refs_.GetBranch(repository_, BranchId("main")).ok());
}

TEST_F(Repositories, WhatAnotherServerHasSweptIsForgotten) {
  const auto queue = [&] {
    return mem_->Set("tarn-deleted-repositories", repository_.partition(),
                     EncodeRepository(Marked(repository_)));
  };
  ASSERT_TRUE(queue().ok());
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  ASSERT_TRUE(mem_->Delete("tarn-deleted-repositories", repository_.partition()).ok());
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  clock_.monotonic_ms += 600'000;
  ASSERT_TRUE(queue().ok());
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  EXPECT_THAT(Partitions(), ElementsAre("tarn-deleted-repositories")) << "this was the first sweep";
  clock_.monotonic_ms += 600'000;
  ASSERT_TRUE(refs_.SweepDeleted(kNoTokens).ok());
  EXPECT_THAT(Partitions(), ElementsAre());
}

TEST_F(Repositories, ASweepOfAnotherServerWaitsForTheQueueRecordOfACreation) {
  if (!kv_.traits().shared) GTEST_SKIP() << "there is no other server";
  Store other(*mem_, clock_, *random_, {});
  bool swept = false;
  kv_.set_hook([&](kv::HookedStore::Call call, std::string_view partition, std::string_view) {
    const bool queues =
        call == kv::HookedStore::Call::kSet && partition == "tarn-deleted-repositories";
    if (!queues || swept) return Status();
    swept = true;
    return other.SweepDeleted(kNoTokens);
  });
  EXPECT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  EXPECT_TRUE(swept);
  kv_.set_hook(nullptr);
  EXPECT_TRUE(refs_.GetRepository(repository_.id).ok());
}

TEST_F(Repositories, InDeletion) {
  ASSERT_TRUE(mem_->Set("graveler", "repos/repo", EncodeRepository(Marked(repository_))).ok());
  const auto found = refs_.GetRepository(repository_.id);
  EXPECT_EQ(found.code(), Code::kRepositoryInDeletion);
  EXPECT_EQ(found.status().message(), "repository in deletion");
  EXPECT_EQ(refs_.CreateRepository(Named("repo"), FirstCommit()).code(),
            Code::kRepositoryInDeletion);
}

TEST_F(Repositories, MetadataAndSettings) {
  auto metadata = refs_.GetRepositoryMetadata(repository_);
  ASSERT_TRUE(metadata.ok());
  EXPECT_TRUE(metadata->empty());
  const auto set = [&](const std::string& key, const std::string& value) {
    return refs_.UpdateRepositoryMetadata(repository_, [&](Metadata* m) { (*m)[key] = value; });
  };
  ASSERT_TRUE(set("a", "1").ok());
  ASSERT_TRUE(set("b", "2").ok());
  metadata = refs_.GetRepositoryMetadata(repository_);
  EXPECT_EQ(*metadata, (Metadata{{"a", "1"}, {"b", "2"}}));

  EXPECT_EQ(*refs_.GetSetting(repository_, "protected_branches"), std::nullopt);
  ASSERT_TRUE(
      refs_.SetSetting(repository_, "protected_branches", "x", kv::Predicate::Absent()).ok());
  EXPECT_EQ(
      refs_.SetSetting(repository_, "protected_branches", "y", kv::Predicate::Absent()).code(),
      Code::kPredicateFailed);
  ASSERT_TRUE(refs_.SetSetting(repository_, "protected_branches", "z", std::nullopt).ok());
  EXPECT_EQ(*refs_.GetSetting(repository_, "protected_branches"), "z");
}

TEST_F(Repositories, WouldBlockComesThrough) {
  ASSERT_TRUE(refs_.CreateRepository(repository_, FirstCommit()).ok());
  Store cold(kv_, clock_, *random_, {});
  kv_.set_hook([](kv::HookedStore::Call, std::string_view, std::string_view) {
    return Status(Code::kWouldBlock);
  });
  EXPECT_EQ(cold.GetRepository(repository_.id).code(), Code::kWouldBlock);
  EXPECT_EQ(cold.Resolve(repository_, "main").code(), Code::kWouldBlock);
  EXPECT_EQ(cold.Resolve(repository_, std::string(64, 'a')).code(), Code::kWouldBlock);
  EXPECT_EQ(cold.ListBranches(repository_, {}, false).code(), Code::kWouldBlock);
  EXPECT_EQ(cold.GetCommit(repository_, CommitId("x")).code(), Code::kWouldBlock);
}

}  // namespace
}  // namespace tarn::refs
