// Deleting a repository: the name is free when the call returns, its records go later.
//
// Three durable steps: the record is marked, the repository is queued for sweeping, the record
// goes. SweepDeleted redoes the last two for a record that a crash left marked (the reference's
// own interrupted deletions look the same), then removes what was queued. A commit or an import
// that was under way may still write records of the repository after that, so they are removed
// once more, some minutes later, and only then the repository leaves the queue.

#include "refs/keys.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

// Longer than what was under way when a repository was deleted goes on without looking at it.
constexpr int64_t kLateWritesMs = 10 * 60 * 1000;

// Queues a marked repository and removes its record. Deletion mutex held.
Status QueueAndRemove(kv::Store& kv, const Repository& repository) {
  TARN_TRY(kv.Set(kDeletedPartition, repository.partition(), EncodeRepository(repository)));
  return kv.Delete(kRepositoriesPartition, Key(kRepositoryPrefix, repository.id.view()));
}

// Uncommitted changes first: without the branches nothing leads to them.
Status RemoveRecords(kv::Store& kv, const std::string& partition) {
  TARN_TRY_ASSIGN(auto branches, kv.Scan(partition, kBranchPrefix));
  TARN_TRY(branches->Seek(""));
  while (branches->Valid()) {
    // A damaged record must not keep the rest from going.
    if (const auto branch = DecodeBranch(branches->value()); branch.ok()) {
      for (const StagingToken& token : branch->tokens()) {
        if (!token.empty()) TARN_TRY(kv.Drop(token.view(), ""));
      }
    }
    TARN_TRY(branches->Next());
  }
  TARN_TRY(kv.Drop(kPullIndexPartition, Key(kRepositoryPrefix, partition) + "/"));
  return kv.Drop(partition, "");
}

}  // namespace

Status Store::DeleteRepository(const Repository& repository) {
  const std::string key = Key(kRepositoryPrefix, repository.id.view());
  std::lock_guard lock(impl_->deletion);
  TARN_TRY_ASSIGN(const auto found, impl_->kv.Get(kRepositoriesPartition, key));
  if (!found) return Status(Code::kRepositoryNotFound, "repository not found");
  TARN_TRY_ASSIGN(Repository marked, DecodeRepository(*found));
  if (marked.instance_uid != repository.instance_uid) {
    return Status(Code::kRepositoryNotFound, "repository not found");
  }
  marked.state = RepositoryState::kInDeletion;
  Status set = impl_->kv.SetIf(kRepositoriesPartition, key, EncodeRepository(marked),
                               kv::Predicate::Equals(*found));
  impl_->repositories.Forget(repository.id);
  if (set.code() == Code::kPredicateFailed) {
    return Status(Code::kRepositoryInDeletion, "repository in deletion");
  }
  TARN_TRY(std::move(set));
  return QueueAndRemove(impl_->kv, marked);
}

Status Store::SweepDeleted() {
  std::lock_guard sweeping(impl_->sweeping);
  {
    std::lock_guard lock(impl_->deletion);
    TARN_TRY_ASSIGN(auto records, impl_->kv.Scan(kRepositoriesPartition, kRepositoryPrefix));
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
  TARN_TRY_ASSIGN(auto queue, impl_->kv.Scan(kDeletedPartition, ""));
  TARN_TRY(queue->Seek(""));
  while (queue->Valid()) {
    const std::string partition(queue->key());
    const int64_t now_ms = impl_->clock.MonotonicMs();
    const auto swept = impl_->swept_at_ms.find(partition);
    if (swept == impl_->swept_at_ms.end()) {
      TARN_TRY(RemoveRecords(impl_->kv, partition));
      impl_->swept_at_ms.emplace(partition, now_ms);
    } else if (now_ms - swept->second >= kLateWritesMs) {
      TARN_TRY(RemoveRecords(impl_->kv, partition));
      TARN_TRY(impl_->kv.Delete(kDeletedPartition, partition));
      impl_->swept_at_ms.erase(swept);
    }
    TARN_TRY(queue->Next());
  }
  return Status();
}

}  // namespace tarn::refs
