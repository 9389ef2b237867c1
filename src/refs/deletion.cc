// Creating and deleting a repository. Its record decides, and changes by compare-and-set only: it
// is written as one in deletion, made active once everything is there, marked as one in deletion
// again, and removed. So of a creation and of a sweep that ends it, on whatever servers, one wins.
//
// The name is free when a deletion returns; records go later. Three durable steps: the record is
// marked, the repository is queued for sweeping, the record goes. SweepDeleted redoes the last two
// for a record that a crash left marked (the reference's own interrupted deletions look the same),
// then removes what was queued. A commit or an import that was under way may still write records of
// the repository after that, so they are removed once more, some minutes later, and only then the
// repository leaves the queue.
//
// A repository that is being created is queued as an active one, which tells it from one that is
// being deleted; so what a creation that fails or dies leaves is swept like a deleted repository.

#include <set>

#include "base/log.h"
#include "base/sync.h"
#include "records/staging_token.h"
#include "refs/records.h"
#include "refs/store_impl.h"

namespace tarn::refs {
namespace {

Status NotUnique() { return Status(Code::kNotUnique, "not unique"); }

// Longer than what was under way when a repository was deleted goes on without looking at it.
constexpr int64_t kLateWritesMs = 10 * 60 * 1000;

// How long another server may create a repository before a sweep takes it for dead.
constexpr int64_t kCreationMs = 10 * 60 * 1000;

std::string RecordKey(const Repository& repository) {
  return records::Key(records::kRepositoryPrefix, repository.id.view());
}

Repository Marked(Repository repository) {
  repository.state = RepositoryState::kInDeletion;
  return repository;
}

// Queues a marked repository and removes its record; if that is another one by now, or active, it
// stays. It is compared as it is stored: the reference may have written it, in its own bytes.
Status QueueAndRemove(kv::Store& kv, const Repository& marked) {
  const std::string key = RecordKey(marked), partition = marked.partition();
  TARN_TRY(kv.Set(records::kDeletedPartition, partition, EncodeRepository(marked)));
  TARN_TRY_ASSIGN(const auto found, kv.Get(records::kRepositoriesPartition, key));
  if (!found) return Status();
  TARN_TRY_ASSIGN(const Repository current, DecodeRepository(*found));
  const bool other = current.partition() != partition || current.state == RepositoryState::kActive;
  if (other) return Status();
  return records::RemoveIfStill(kv, records::kRepositoriesPartition, key, *found);
}

// Uncommitted changes: without the branches nothing leads to them.
Status RemoveBranches(kv::Store& kv, Random& random, const std::string& partition,
                      const Store::QueueTokensFn& queue_tokens) {
  const auto drop_tokens = [&](const Branch& branch) -> Status {
    std::vector<StagingToken> tokens = branch.tokens();
    std::erase_if(tokens, [](const StagingToken& token) { return token.empty(); });
    // What is written into them from now on is removed later.
    TARN_TRY(queue_tokens(tokens));
    for (const StagingToken& token : tokens) TARN_TRY(kv.Drop(token.view(), ""));
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
  return records::ForEachRecord(kv, partition, kBranches.prefix, remove);
}

// Only when nobody writes there any more: a branch that came after the others were removed would
// go, and what leads to its changes with it.
Status RemoveRecords(kv::Store& kv, const std::string& partition) {
  TARN_TRY(kv.Drop(records::kPullIndexPartition,
                   records::Key(records::kRepositoryPrefix, partition, "/")));
  return kv.Drop(partition, "");
}

/// True for a queue record that was written by the creation of its repository.
bool IsOfCreation(std::string_view queued) {
  const auto repository = DecodeRepository(queued);
  return repository.ok() && repository->state == RepositoryState::kActive;
}

/// What a queued repository is.
enum class Queued : uint8_t {
  kGone,
  kUnderWay,  ///< Also when nobody can tell: nothing of it may be removed.
  kCreated,   ///< It exists, and was queued for its creation.
  kExists,    ///< It exists. Its deletion may be about to begin, and would be queued just so.
};

Result<Queued> StateOf(kv::Store& kv, const std::string& partition, std::string_view queued) {
  const auto stays = [&](std::string_view why) {
    TARN_LOG_WARN("a deleted repository stays for now: {} {}", partition, why);
    return Queued::kUnderWay;
  };
  const auto repository = DecodeRepository(queued);
  if (!repository.ok()) return stays(repository.status().ToString());
  if (repository->partition() != partition) return stays("it is queued as another one");
  TARN_TRY_ASSIGN(const auto record,
                  kv.Get(records::kRepositoriesPartition, RecordKey(*repository)));
  if (!record) return Queued::kGone;
  const auto current = DecodeRepository(*record);
  if (!current.ok()) return stays(current.status().ToString());
  if (current->partition() != partition) return Queued::kGone;
  if (current->state != RepositoryState::kActive) return Queued::kUnderWay;
  return repository->state == RepositoryState::kActive ? Queued::kCreated : Queued::kExists;
}

/// Gives the queue record of a repository that exists the form of one of its creation, which the
/// next sweep removes. In the form that it has a deletion that begins meanwhile would write it too.
Status RequeueExisting(kv::Store& kv, const std::string& partition, std::string_view queued) {
  TARN_TRY_ASSIGN(Repository repository, DecodeRepository(queued));
  repository.state = RepositoryState::kActive;
  const Status status =
      kv.SetIf(records::kDeletedPartition, partition, EncodeRepository(repository),
               kv::Predicate::Equals(std::string(queued)));
  return status.code() == Code::kPredicateFailed ? Status() : status;
}

}  // namespace

Status Store::CreateRepository(const Repository& repository,
                               const std::optional<Commit>& first_commit,
                               const CreationSteps& steps) {
  const std::string key = RecordKey(repository), partition = repository.partition();
  const std::string active = EncodeRepository(repository);
  const std::string unfinished = EncodeRepository(Marked(repository));
  const Impl::CreationHold hold(*impl_, partition);
  TARN_TRY(TakeName(repository));
  const auto make = [&]() -> Status {
    // After the record: of what is queued without one, nothing is ever created.
    TARN_TRY(impl_->kv.Set(records::kDeletedPartition, partition, active));
    if (steps.claim) TARN_TRY(steps.claim());
    if (first_commit) {
      TARN_TRY_ASSIGN(const Commit commit, AddCommit(repository, *first_commit));
      Branch branch;
      branch.id = repository.default_branch;
      branch.commit = commit.id;
      branch.staging_token = records::NewStagingToken(impl_->random, repository.id, branch.id);
      TARN_TRY(CreateBranch(repository, branch));
      if (steps.fill) TARN_TRY(steps.fill());
    }
    return impl_->kv.SetIf(records::kRepositoriesPartition, key, active,
                           kv::Predicate::Equals(unfinished));
  };
  Status made = make();
  impl_->repositories.Forget(repository.id);
  if (made.code() == Code::kPredicateFailed) {
    return Status(Code::kRepositoryInDeletion, "repository in deletion");
  }
  if (!made.ok()) {
    IgnoreError(
        impl_->kv.DeleteIf(records::kRepositoriesPartition, key, kv::Predicate::Equals(unfinished)),
        "the sweep ends it");
    return made;
  }
  // Unless it has been deleted since.
  IgnoreError(
      impl_->kv.DeleteIf(records::kDeletedPartition, partition, kv::Predicate::Equals(active)),
      "the sweep finds the record");
  return Status();
}

/// Writes the record of a repository that is being created.
Status Store::TakeName(const Repository& repository) {
  const std::string key = RecordKey(repository);
  TARN_TRY_ASSIGN(const auto taken, impl_->kv.Get(records::kRepositoriesPartition, key));
  if (taken) {
    TARN_TRY_ASSIGN(const Repository other, DecodeRepository(*taken));
    if (other.state == RepositoryState::kActive) return NotUnique();
    TARN_TRY_ASSIGN(const bool creating, IsCreating(other));
    if (!creating) return Status(Code::kRepositoryInDeletion, "repository in deletion");
    const bool alive = impl_->kv.traits().shared || impl_->IsCreating(other.partition());
    if (alive) return NotUnique();
    TARN_TRY(EndUnfinished(other).status());
  }
  Status written = impl_->kv.SetIf(records::kRepositoriesPartition, key,
                                   EncodeRepository(Marked(repository)), kv::Predicate::Absent());
  return written.code() == Code::kPredicateFailed ? NotUnique() : written;
}

Result<bool> Store::IsCreating(const Repository& repository) {
  if (repository.state == RepositoryState::kActive) return false;
  TARN_TRY_ASSIGN(const auto queued,
                  impl_->kv.Get(records::kDeletedPartition, repository.partition()));
  return queued && IsOfCreation(*queued);
}

Result<bool> Store::EndUnfinished(const Repository& repository) {
  TARN_TRY(QueueAndRemove(impl_->kv, Marked(repository)));
  TARN_TRY_ASSIGN(const auto found,
                  impl_->kv.Get(records::kRepositoriesPartition, RecordKey(repository)));
  if (!found) return true;
  TARN_TRY_ASSIGN(const Repository now, DecodeRepository(*found));
  return now.partition() != repository.partition();
}

Status Store::DeleteRepository(const Repository& repository) {
  const std::string key = RecordKey(repository);
  TARN_TRY_ASSIGN(const auto found, impl_->kv.Get(records::kRepositoriesPartition, key));
  if (!found) return Status(Code::kRepositoryNotFound, "repository not found");
  TARN_TRY_ASSIGN(const Repository current, DecodeRepository(*found));
  if (current.instance_uid != repository.instance_uid) {
    return Status(Code::kRepositoryNotFound, "repository not found");
  }
  const Repository marked = Marked(current);
  Status set = impl_->kv.SetIf(records::kRepositoriesPartition, key, EncodeRepository(marked),
                               kv::Predicate::Equals(*found));
  impl_->repositories.Forget(repository.id);
  if (set.code() == Code::kPredicateFailed) {
    return Status(Code::kRepositoryInDeletion, "repository in deletion");
  }
  TARN_TRY(std::move(set));
  return QueueAndRemove(impl_->kv, marked);
}

/// True if nobody goes on creating a repository that is not active and was first seen so long ago;
/// also if it is being deleted. Another server may be about to queue one whose name it has taken,
/// so without a queue record it is a creation the first time that it is seen.
Result<bool> Store::IsAbandoned(const Repository& repository, int64_t seen_for_ms) {
  if (impl_->IsCreating(repository.partition())) return false;
  if (!impl_->kv.traits().shared || seen_for_ms >= kCreationMs) return true;
  TARN_TRY_ASSIGN(const auto queued,
                  impl_->kv.Get(records::kDeletedPartition, repository.partition()));
  if (!queued) return seen_for_ms > 0;
  return !IsOfCreation(*queued);
}

/// Ends deletions and creations that were interrupted.
Status Store::EndMarked() {
  MutexLock sweeping(impl_->sweeping);
  std::map<std::string, int64_t> seen_ms = std::move(impl_->creating_since_ms);
  impl_->creating_since_ms.clear();
  TARN_TRY_ASSIGN(auto records,
                  impl_->kv.Scan(records::kRepositoriesPartition, records::kRepositoryPrefix));
  TARN_TRY(records->Seek(""));
  for (; records->Valid();) {
    const auto repository = DecodeRepository(records->value());
    if (repository.ok() && repository->state == RepositoryState::kInDeletion) {
      const std::string partition = repository->partition();
      const int64_t now_ms = impl_->clock.MonotonicMs();
      const int64_t since_ms = seen_ms.try_emplace(partition, now_ms).first->second;
      impl_->creating_since_ms[partition] = since_ms;
      TARN_TRY_ASSIGN(const bool abandoned, IsAbandoned(*repository, now_ms - since_ms));
      if (abandoned) {
        TARN_TRY(QueueAndRemove(impl_->kv, *repository));
        impl_->repositories.Forget(repository->id);
      }
    }
    TARN_TRY(records->Next());
  }
  return Status();
}

Status Store::SweepQueue(const QueueTokensFn& queue_tokens) {
  MutexLock sweeping(impl_->sweeping);
  std::set<std::string> queued;
  TARN_TRY_ASSIGN(auto queue, impl_->kv.Scan(records::kDeletedPartition, ""));
  TARN_TRY(queue->Seek(""));
  for (; queue->Valid();) {
    const std::string partition(queue->key());
    queued.insert(partition);
    TARN_TRY_ASSIGN(const Queued state, StateOf(impl_->kv, partition, queue->value()));
    const int64_t now_ms = impl_->clock.MonotonicMs();
    const auto swept = impl_->swept_at_ms.find(partition);
    if (state == Queued::kCreated) {
      TARN_TRY(
          records::RemoveIfStill(impl_->kv, records::kDeletedPartition, partition, queue->value()));
    } else if (state == Queued::kExists) {
      TARN_TRY(RequeueExisting(impl_->kv, partition, queue->value()));
    } else if (state == Queued::kGone && swept == impl_->swept_at_ms.end()) {
      TARN_TRY(RemoveBranches(impl_->kv, impl_->random, partition, queue_tokens));
      impl_->swept_at_ms.emplace(partition, now_ms);
    } else if (state == Queued::kGone && now_ms - swept->second >= kLateWritesMs) {
      TARN_TRY(RemoveBranches(impl_->kv, impl_->random, partition, queue_tokens));
      TARN_TRY(RemoveRecords(impl_->kv, partition));
      TARN_TRY(impl_->kv.Delete(records::kDeletedPartition, partition));
      impl_->swept_at_ms.erase(swept);
    }
    TARN_TRY(queue->Next());
  }
  // Other servers have ended those.
  std::erase_if(impl_->swept_at_ms, [&](const auto& at) { return !queued.contains(at.first); });
  return Status();
}

Status Store::SweepDeleted(const QueueTokensFn& queue_tokens) {
  TARN_TRY(EndMarked());
  return SweepQueue(queue_tokens);
}

}  // namespace tarn::refs
