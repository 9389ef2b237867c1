// Deleting a repository: the name is free when the call returns, its records go later.
//
// Three durable steps: the record is marked, the repository is queued for sweeping, the record
// goes. SweepDeleted redoes the last two for a record that a crash left marked (the reference's
// own interrupted deletions look the same), then removes what was queued. A commit or an import
// that was under way may still write records of the repository after that, so they are removed
// once more, some minutes later, and only then the repository leaves the queue.
//
// A repository that is being created is queued until its record is written, so that one whose
// creation fails or dies is swept like a deleted one.

#include "base/sync.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

// Longer than what was under way when a repository was deleted goes on without looking at it.
constexpr int64_t kLateWritesMs = 10 * 60 * 1000;

std::string KeyOf(const RepositoryId& id) {
  return records::Key(records::kRepositoryPrefix, id.view());
}

// Queues a marked repository and removes its record. Deletion mutex held.
Status QueueAndRemove(kv::Store& kv, const Repository& repository) {
  TARN_TRY(
      kv.Set(records::kDeletedPartition, repository.partition(), EncodeRepository(repository)));
  return kv.Delete(records::kRepositoriesPartition, KeyOf(repository.id));
}

// Uncommitted changes first: without the branches nothing leads to them.
Status RemoveRecords(kv::Store& kv, Random& random, const std::string& partition) {
  const auto drop_tokens = [&](const Branch& branch) -> Status {
    for (const StagingToken& token : branch.tokens()) {
      if (!token.empty()) TARN_TRY(kv.Drop(token.view(), ""));
    }
    return Status();
  };
  const auto remove = [&](std::string_view key, std::string_view) -> Status {
    // One by one: a commit under way may still give a branch another token. A damaged record must
    // not keep the rest from going.
    Status gone = records::Remove(kv, random, kBranches, partition,
                                  key.substr(kBranches.prefix.size()), drop_tokens);
    const bool goes_on = gone.code() == Code::kCorrupt || gone.code() == Code::kBranchNotFound;
    return goes_on ? Status() : gone;
  };
  TARN_TRY(records::ForEachRecord(kv, partition, kBranches.prefix, remove));
  TARN_TRY(kv.Drop(records::kPullIndexPartition,
                   records::Key(records::kRepositoryPrefix, partition, "/")));
  return kv.Drop(partition, "");
}

/// True if a queued repository exists: its creation did not get to say so.
Result<bool> Lives(kv::Store& kv, const std::string& partition, std::string_view queued) {
  const auto repository = DecodeRepository(queued);
  if (!repository.ok()) return false;
  TARN_TRY_ASSIGN(const auto record,
                  kv.Get(records::kRepositoriesPartition, KeyOf(repository->id)));
  if (!record) return false;
  const auto current = DecodeRepository(*record);
  return current.ok() && current->partition() == partition &&
         current->state == RepositoryState::kActive;
}

}  // namespace

Status Store::DeleteRepository(const Repository& repository) {
  const std::string key = KeyOf(repository.id);
  MutexLock lock(impl_->deletion);
  TARN_TRY_ASSIGN(const auto found, impl_->kv.Get(records::kRepositoriesPartition, key));
  if (!found) return Status(Code::kRepositoryNotFound, "repository not found");
  TARN_TRY_ASSIGN(Repository marked, DecodeRepository(*found));
  if (marked.instance_uid != repository.instance_uid) {
    return Status(Code::kRepositoryNotFound, "repository not found");
  }
  marked.state = RepositoryState::kInDeletion;
  Status set = impl_->kv.SetIf(records::kRepositoriesPartition, key, EncodeRepository(marked),
                               kv::Predicate::Equals(*found));
  impl_->repositories.Forget(repository.id);
  if (set.code() == Code::kPredicateFailed) {
    return Status(Code::kRepositoryInDeletion, "repository in deletion");
  }
  TARN_TRY(std::move(set));
  return QueueAndRemove(impl_->kv, marked);
}

Status Store::SweepDeleted() {
  MutexLock sweeping(impl_->sweeping);
  {
    MutexLock lock(impl_->deletion);
    TARN_TRY_ASSIGN(auto records,
                    impl_->kv.Scan(records::kRepositoriesPartition, records::kRepositoryPrefix));
    TARN_TRY(records->Seek(""));
    while (records->Valid()) {
      const auto repository = DecodeRepository(records->value());
      if (repository.ok() && repository->state == RepositoryState::kInDeletion) {
        TARN_TRY(QueueAndRemove(impl_->kv, *repository));
        impl_->repositories.Forget(repository->id);
      }
      TARN_TRY(records->Next());
    }
  }
  TARN_TRY_ASSIGN(auto queue, impl_->kv.Scan(records::kDeletedPartition, ""));
  TARN_TRY(queue->Seek(""));
  for (; queue->Valid();) {
    const std::string partition(queue->key());
    // Before the look at the record: what is not being created any more has one by now, or never.
    const bool creating = impl_->IsCreating(partition);
    TARN_TRY_ASSIGN(const bool lives, Lives(impl_->kv, partition, queue->value()));
    if (creating || lives) {
      if (!creating)
        TARN_TRY(records::RemoveIfStill(impl_->kv, records::kDeletedPartition, partition,
                                        queue->value()));
      TARN_TRY(queue->Next());
      continue;
    }
    const int64_t now_ms = impl_->clock.MonotonicMs();
    const auto swept = impl_->swept_at_ms.find(partition);
    if (swept == impl_->swept_at_ms.end()) {
      TARN_TRY(RemoveRecords(impl_->kv, impl_->random, partition));
      impl_->swept_at_ms.emplace(partition, now_ms);
    } else if (now_ms - swept->second >= kLateWritesMs) {
      TARN_TRY(RemoveRecords(impl_->kv, impl_->random, partition));
      TARN_TRY(impl_->kv.Delete(records::kDeletedPartition, partition));
      impl_->swept_at_ms.erase(swept);
    }
    TARN_TRY(queue->Next());
  }
  return Status();
}

}  // namespace tarn::refs
