// A refs store over an in-memory KV, with one repository and a clock that tests move. Level 5,
// tests only.
#pragma once

#include <gtest/gtest.h>

#include "base/xid.h"
#include "kv/testing/hooked_store.h"
#include "kv/testing/test_store.h"
#include "refs/store.h"

namespace tarn::refs {

class ManualClock : public Clock {
 public:
  Timestamp Now() override { return now; }
  int64_t MonotonicMs() override { return monotonic_ms; }
  Timestamp now{1'700'000'000, 0};
  int64_t monotonic_ms = 0;
};

class RefsTest : public testing::Test {
 protected:
  RefsTest() {
    repository_.id = RepositoryId("repo");
    repository_.storage_namespace = StorageNamespace("mem://bucket/repo");
    repository_.default_branch = BranchId("main");
    repository_.created = clock_.now;
    repository_.instance_uid = xids_.New();
  }

  /// Adds a commit a second after the one before. Generation: one more than that of its parents.
  CommitId Add(std::string message, std::vector<CommitId> parents = {}) {
    Commit commit;
    commit.committer = "tester";
    commit.message = std::move(message);
    commit.created = clock_.now;
    ++clock_.now.seconds;
    commit.generation = 1;
    for (const CommitId& parent : parents) {
      const auto loaded = refs_.GetCommit(repository_, parent);
      EXPECT_TRUE(loaded.ok()) << parent;
      commit.generation = std::max(commit.generation, (*loaded)->generation + 1);
    }
    commit.parents = std::move(parents);
    const auto added = refs_.AddCommit(repository_, commit);
    EXPECT_TRUE(added.ok()) << added.status().ToString();
    return added.ok() ? added->id : CommitId();
  }
  Branch MakeBranch(std::string_view id, const CommitId& commit) {
    Branch branch;
    branch.id = BranchId(id);
    branch.commit = commit;
    branch.staging_token = StagingToken("repo-" + std::string(id) + ":token");
    return branch;
  }
  std::string MessageOf(const CommitId& id) {
    const auto commit = refs_.GetCommit(repository_, id);
    return commit.ok() ? (*commit)->message : commit.status().ToString();
  }

  const std::unique_ptr<kv::Store> mem_ = kv::OpenForTest();
  kv::HookedStore kv_{*mem_};
  ManualClock clock_;
  const std::unique_ptr<Random> random_ = SeededRandom(5);
  XidGenerator xids_{clock_, *random_};
  Store refs_{kv_, clock_, *random_, {}};
  Repository repository_;
};

}  // namespace tarn::refs
