// A server's core in memory, for tests of the verbs and of what stands on them.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "block/mem/mem_store.h"
#include "codec/entry.h"
#include "kv/testing/test_store.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/read.h"
#include "versioning/branch/sealed_tokens.h"
#include "versioning/branch/staged_write.h"
#include "versioning/commit.h"
#include "versioning/merge.h"
#include "versioning/repository/repositories.h"
#include "versioning/testing/interrupting_store.h"

namespace tarn::versioning::testing {

#define TARN_EXPECT_OK(expr)                                   \
  do {                                                         \
    ::tarn::Status tarn_expect_ = ::tarn::ToStatus(expr);      \
    EXPECT_TRUE(tarn_expect_.ok()) << tarn_expect_.ToString(); \
  } while (false)

/// Expects a failure with exactly this code and message.
#define TARN_EXPECT_ERROR(expr, expected_code, expected_message)           \
  do {                                                                     \
    ::tarn::Status tarn_expect_ = ::tarn::ToStatus(expr);                  \
    EXPECT_EQ(CodeName(tarn_expect_.code()), CodeName(expected_code));     \
    EXPECT_EQ(tarn_expect_.message(), std::string_view(expected_message)); \
  } while (false)

/// The value of a Result that must be there.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) ADD_FAILURE() << result.status().ToString();
  return std::move(result).value();
}

/// A clock that moves when told, and a second at every look at the wall clock, so that commits
/// have an order.
class ManualClock : public Clock {
 public:
  Timestamp Now() override { return {seconds.fetch_add(1), 0}; }
  int64_t MonotonicMs() override { return monotonic_ms; }
  std::atomic<int64_t> seconds = 1'700'000'000;
  std::atomic<int64_t> monotonic_ms = 0;
};

/// Listens to everything.
class AllHooks : public HookFinder, public HookRunner {
 public:
  HookRunner* Find(const refs::Repository&, HookEvent) override { return this; }
};

/// Notes the events, and fails where told to.
class RecordingHooks : public AllHooks {
 public:
  Status Run(const HookCall& call) override {
    events.push_back(std::string(HookEventName(call.event)));
    if (events.back() == failing) return Status(Code::kHookFailed, "told to fail");
    return Status();
  }
  std::vector<std::string> events;
  std::string failing;
};

/// A tree as a map of path to text.
using Tree = std::map<std::string, std::string>;

/// Ranges of about `records` records each.
inline sst::BreakRule RangesOf(uint64_t records) { return {0, 1u << 20, records}; }

class World {
 public:
  explicit World(HookFinder* hooks = nullptr, sst::BreakRule rule = RangesOf(5))
      : committed(tables, rule), context{*kv,     refs,  staging, committed, objects, hooks,
                                         workers, clock, *random, xids,      {}} {
    repository = Must(
        CreateRepository(context, {.id = RepositoryId("repo"), .storage_namespace = kNamespace}));
  }

  /// Stages an object whose content is `text`; every call makes a new address.
  Status Put(const std::string& branch, const std::string& path, const std::string& text,
             SetCondition condition = SetCondition::kNone) {
    const Entry entry = NewEntry(text);
    std::string data;
    AppendEntry(&data, entry);
    const EntryIdentity identity = IdentityOf(entry);
    return StageValue(context, repository, BranchId(branch), path, {AsView(identity), data},
                      condition);
  }
  Status Delete(const std::string& branch, const std::string& path, bool no_tombstone = false) {
    return StageDelete(context, repository, BranchId(branch), path, no_tombstone);
  }
  Result<refs::Commit> CommitAll(const std::string& branch, const std::string& message = "m") {
    return Commit(context, repository,
                  {.branch = BranchId(branch), .committer = "tester", .message = message});
  }
  Result<refs::Branch> Branch(const std::string& id, const std::string& source = "main") {
    return CreateBranch(context, repository, {.id = BranchId(id), .source = source});
  }
  Result<refs::Commit> MergeInto(const std::string& destination, const std::string& source,
                                 const std::string& strategy = "") {
    return Merge(context, repository,
                 {.source = source,
                  .destination = BranchId(destination),
                  .committer = "tester",
                  .strategy = strategy});
  }
  /// Text of a path at a ref.
  Result<std::string> Read(const std::string& ref, const std::string& path) {
    TARN_TRY_ASSIGN(const auto resolved, context.refs.Resolve(repository, ref));
    TARN_TRY_ASSIGN(const auto found, ReadValue(context, repository, resolved, path));
    TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(found.view().data));
    return std::string(entry.checksum);
  }
  Tree ReadAll(const std::string& ref) {
    const auto resolved = Must(context.refs.Resolve(repository, ref));
    const auto values = Must(IterateValues(context, repository, resolved));
    Tree tree;
    TARN_EXPECT_OK(values->Seek(""));
    while (values->Valid()) {
      tree.emplace(values->key(), Must(ParseEntry(values->value().data)).checksum);
      TARN_EXPECT_OK(values->Next());
    }
    return tree;
  }
  refs::Branch BranchRecord(const std::string& id) {
    return Must(context.refs.GetBranch(repository, BranchId(id)));
  }
  /// Removes the tokens that commits left, as the background thread does after its grace, and what
  /// came too late.
  void DropTokens() {
    TARN_EXPECT_OK(DropUnusedTokens(context));
    TARN_EXPECT_OK(DropUnusedTokens(context));
  }
  /// Seals the staging token of a branch, as a commit does first; returns it.
  StagingToken Seal(const std::string& branch = "main") {
    StagingToken sealed;
    TARN_EXPECT_OK(
        refs.UpdateBranch(repository, BranchId(branch), [&](refs::Branch* b) -> Result<bool> {
          sealed = b->staging_token;
          SealStaging(context, repository, b);
          return true;
        }));
    return sealed;
  }

  const StorageNamespace kNamespace{"mem://bucket/repo"};
  ManualClock clock;
  std::unique_ptr<Random> random = SeededRandom(1);
  std::unique_ptr<InterruptingStore> kv = std::make_unique<InterruptingStore>(kv::OpenForTest());
  block::MemStore objects{clock, {.cold_reads = true}};
  sst::TableStore tables{objects, {}};
  refs::Store refs{*kv, clock, *random, {}};
  XidGenerator xids{clock, *random};
  staging::Store staging{*kv, clock, {.drop_grace_ms = 0, .late_writes_ms = 0}};
  runtime::WorkerPool workers{{.name = "test", .threads = 2}};
  committed::Store committed;
  Context context;
  refs::Repository repository;

 private:
  Entry NewEntry(const std::string& text) {
    Entry entry;
    entry.address = "data/x/" + std::to_string(addresses_.fetch_add(1));
    entry.size = static_cast<int64_t>(text.size());
    entry.checksum = text;
    return entry;
  }
  std::atomic<int> addresses_ = 0;
};

}  // namespace tarn::versioning::testing
