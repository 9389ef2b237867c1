#include "hooks/post_events.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "hooks/run_records.h"
#include "records/list.h"
#include "records/update.h"

namespace tarn::hooks {
namespace {

using versioning::HookEvent;

std::string RecordKey(std::string_view run_id) {
  return records::Key(records::kPostEventPrefix, run_id);
}

}  // namespace

PostEvents::PostEvents(versioning::Context& context, RunFn run, PostEventOptions options)
    : context_(context),
      run_(std::move(run)),
      options_(std::move(options)),
      leases_(context.kv, context.clock, context.xids.New(), options_.lease_ms),
      heart_("post-heart", [this] { Beat(); }),
      pool_(std::make_unique<runtime::BackgroundPool>(options_.pool)) {}

Status PostEvents::Announce(Event event) {
  auto pending = std::make_shared<Pending>();
  pending->record.has_commit = event.commit.has_value();
  pending->record.event = std::move(event);
  pending->record.owner = leases_.instance();
  const Key key = KeyOf(pending->record.event);
  // Before the record, so that Recover never takes it for one of somebody else.
  TARN_TRY(Add(key, pending));
  Status written = ShowLife();
  if (written.ok()) {
    written = context_.kv.Set(key.first, RecordKey(key.second), EncodePostEvent(pending->record));
  }
  if (!written.ok()) Forget(key);
  return written;
}

Status PostEvents::Add(const Key& key, const PendingPtr& pending) {
  const MutexLock lock(mutex_);
  if (stopping_) return {Code::kSlowDown, "the server is shutting down"};
  size_t& of_repository = pending_of_[key.first];
  if (pending_.size() >= options_.pending_max ||
      of_repository >= options_.pending_per_repository_max) {
    return {Code::kSlowDown, "too many hooks after changes are waiting to be run"};
  }
  if (!pending_.emplace(key, pending).second) return {Code::kConflict, "the event is known"};
  ++of_repository;
  changed_.NotifyAll();
  return {};
}

void PostEvents::Start(const versioning::HookCall& call) {
  const PendingPtr pending = Find({call.repository.partition(), call.run_id});
  if (pending == nullptr) return;
  if (call.commit != nullptr) pending->record.event.commit = *call.commit;
  Queue(pending);
}

void PostEvents::Withdraw(const refs::Repository& repository, const std::string& run_id,
                          bool is_certain) {
  const PendingPtr pending = Find({repository.partition(), run_id});
  if (pending != nullptr) Settle(pending, is_certain);
}

/// Looks whether the change was made, unless it is known that it was not. What cannot be found out
/// now is left for Recover.
void PostEvents::Settle(const PendingPtr& pending, bool is_withdrawn) {
  const Result<bool> made = is_withdrawn ? false : WasMade(pending->record.event);
  if (made.ok() && *made) return Queue(pending);
  if (made.ok()) {
    const Status ended = End(*pending);
    if (ended.ok()) return;
    TARN_LOG_WARN("announced event not removed: {}", ended.ToString());
  }
  // Nobody's now: the next pass of Recover asks again.
  Forget(KeyOf(pending->record.event));
}

Result<bool> PostEvents::WasMade(const Event& event) {
  const auto exists = [](const auto& found, Code missing) -> Result<bool> {
    if (found.ok()) return true;
    if (found.code() == missing) return false;
    return found.status();
  };
  switch (event.type) {
    // Somebody else may have made one of the name: whose it is says its record.
    case HookEvent::kPostCreateBranch: {
      const auto branch = context_.refs.GetBranch(event.repository, BranchId(event.branch));
      TARN_TRY_ASSIGN(const bool is_there, exists(branch, Code::kBranchNotFound));
      return is_there && branch->created_by_event == event.run_id;
    }
    case HookEvent::kPostDeleteBranch: {
      TARN_TRY_ASSIGN(const bool is_there,
                      exists(context_.refs.GetBranch(event.repository, BranchId(event.branch)),
                             Code::kBranchNotFound));
      return !is_there;
    }
    case HookEvent::kPostCreateTag: {
      const auto tag = context_.refs.GetTag(event.repository, TagId(event.tag));
      TARN_TRY_ASSIGN(const bool is_there, exists(tag, Code::kTagNotFound));
      return is_there && tag->created_by_event == event.run_id;
    }
    case HookEvent::kPostDeleteTag: {
      TARN_TRY_ASSIGN(
          const bool is_there,
          exists(context_.refs.GetTag(event.repository, TagId(event.tag)), Code::kTagNotFound));
      return !is_there;
    }
    default:
      return IsReachable(event);
  }
}

Result<bool> PostEvents::IsReachable(const Event& event) {
  const auto branch = context_.refs.GetBranch(event.repository, BranchId(event.branch));
  if (branch.code() == Code::kBranchNotFound) return false;
  TARN_TRY(branch.status());
  const CommitId commit(event.commit_id);
  if (branch->commit == commit) return true;
  TARN_TRY_ASSIGN(const auto bases,
                  context_.refs.FindMergeBases(event.repository, {&commit, 1}, branch->commit));
  return std::find(bases.begin(), bases.end(), commit) != bases.end();
}

PostEvents::PendingPtr PostEvents::Find(const Key& key) {
  const MutexLock lock(mutex_);
  const auto found = pending_.find(key);
  return found == pending_.end() ? nullptr : found->second;
}

void PostEvents::Forget(const Key& key) {
  const MutexLock lock(mutex_);
  if (pending_.erase(key) == 0) return;
  const auto of_repository = pending_of_.find(key.first);
  if (--of_repository->second == 0) pending_of_.erase(of_repository);
}

void PostEvents::Queue(const PendingPtr& pending) {
  {
    const MutexLock lock(mutex_);
    if (stopping_) return;  // The record stays, for the next server.
    pending->state = State::kQueued;
  }
  const Status queued = pool_->Submit(pending->record.event.repository.partition(),
                                      [this, pending] { Work(pending); });
  if (queued.ok()) return;
  const MutexLock lock(mutex_);
  pending->state = State::kWaiting;
}

void PostEvents::Work(const PendingPtr& pending) {
  {
    const MutexLock lock(mutex_);
    if (stopping_) return;
    pending->state = State::kRunning;
    ++running_;
  }
  const auto is_abandoned = [this, pending] { return is_cancelled_ || pending->is_lost; };
  const Event& event = pending->record.event;
  Status status = Begin(*pending);
  if (status.ok()) {
    const Status ran = run_(event, is_abandoned);
    if (!ran.ok() && !is_abandoned()) {
      TARN_LOG_WARN("{} hook of {} failed, run id {}: {}", event.name(), event.repository.id.view(),
                    event.run_id, ran.message());
    }
    if (!is_abandoned()) {
      status = IsOver(event, ran) ? End(*pending) : PutBack(*pending, ran);
    } else if (!pending->is_lost) {
      status = PutBack(*pending, {Code::kCancelled, "the server stops"});
    }
  }
  if (!status.ok()) {
    TARN_LOG_WARN("event of run {} is left for later: {}", event.run_id, status.ToString());
  }
  if (!status.ok() || pending->is_lost) Forget(KeyOf(event));
  const MutexLock lock(mutex_);
  --running_;
  changed_.NotifyAll();
}

Status PostEvents::Begin(Pending& pending) {
  const Status begun = Change(pending, [](PostEventRecord* record) { ++record->attempts; });
  return begun.code() == Code::kNotFound ? BeginAnew(pending) : begun;
}

/// A server that took this one for dead may have found no change yet, and removed the record.
Status PostEvents::BeginAnew(Pending& pending) {
  const Event& event = pending.record.event;
  TARN_TRY_ASSIGN(const bool has_run, HasRun(event));
  if (has_run) return {Code::kConflict, "another server has run it"};
  pending.record.attempts = 1;
  TARN_TRY(context_.kv.SetIf(event.repository.partition(), RecordKey(event.run_id),
                             EncodePostEvent(pending.record), kv::Predicate::Absent()));
  pending.is_lost = false;
  return {};
}

/// Whether another attempt would come to something else. What could not be read now can be later,
/// unless the hooks have run already.
bool PostEvents::IsOver(const Event& event, const Status& ran) {
  if (ran.code() != Code::kIo && ran.code() != Code::kSlowDown) return true;
  const auto has_run = HasRun(event);
  return has_run.ok() && *has_run;
}

/// Leaves the event to whoever looks next, as if this attempt had not been. Why, as a failure.
Status PostEvents::PutBack(Pending& pending, const Status& why) {
  TARN_TRY(Change(pending, [](PostEventRecord* record) { --record->attempts; }));
  return why;
}

Status PostEvents::End(Pending& pending) {
  const Event& event = pending.record.event;
  TARN_TRY(context_.kv.Delete(event.repository.partition(), RecordKey(event.run_id)));
  Forget(KeyOf(event));
  return {};
}

/// Changes the record, as long as it is this server's.
Status PostEvents::Change(Pending& pending, const std::function<void(PostEventRecord*)>& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return Status(Code::kNotFound, "the record is gone");
    TARN_TRY_ASSIGN(PostEventRecord record, DecodePostEvent(*found));
    if (record.owner != leases_.instance()) return Status(Code::kConflict, "another server has it");
    change(&record);
    return std::optional(EncodePostEvent(record));
  };
  const Event& event = pending.record.event;
  Status changed = records::UpdateRecord(context_.kv, context_.random, event.repository.partition(),
                                         RecordKey(event.run_id), "event after a change", edit);
  if (changed.code() == Code::kNotFound || changed.code() == Code::kConflict) {
    pending.is_lost = true;
  }
  return changed;
}

void PostEvents::QueueWaiting() {
  std::vector<PendingPtr> waiting;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, pending] : pending_) {
      if (pending->state == State::kWaiting) waiting.push_back(pending);
    }
  }
  for (const PendingPtr& pending : waiting) Queue(pending);
}

Status PostEvents::Recover() {
  const MutexLock recovering(recovering_);
  leases_.BeginPass();
  return context_.refs.ForEachRepository("", [&](const refs::Repository& repository) -> Status {
    const auto adopt = [&](std::string_view key, std::string_view bytes) -> Status {
      const Status adopted = Adopt(repository, key, bytes);
      if (!adopted.ok()) {
        TARN_LOG_WARN("event after a change not taken over: repository={} {} {}",
                      repository.id.view(), key, adopted.ToString());
      }
      return {};
    };
    return records::ForEachRecord(context_.kv, repository.partition(), records::kPostEventPrefix,
                                  adopt);
  });
}

Result<bool> PostEvents::HasRun(const Event& event) {
  const auto run = GetRun(context_, event.repository, event.run_id);
  if (run.ok()) return true;
  if (run.code() == Code::kNotFound) return false;
  return run.status();
}

Status PostEvents::Adopt(const refs::Repository& repository, std::string_view key,
                         std::string_view bytes) {
  const std::string run_id(key.substr(records::kPostEventPrefix.size()));
  if (stopping_ || Find({repository.partition(), run_id}) != nullptr) return {};
  TARN_TRY_ASSIGN(PostEventRecord record, DecodePostEvent(bytes));
  TARN_TRY_ASSIGN(const bool owner_lives, leases_.OwnerLives(record.owner));
  if (owner_lives) return {};
  record.event.repository = repository;
  TARN_TRY_ASSIGN(const bool has_run, HasRun(record.event));
  if (has_run) return records::RemoveIfStill(context_.kv, repository.partition(), key, bytes);
  if (record.attempts >= kAttemptsMax) {
    TARN_LOG_ERROR("{} of {} is given up, run id {}: its servers died", record.event.name(),
                   repository.id.view(), run_id);
    // What is known of it is shown; which hooks it had is not.
    const Timestamp now = context_.clock.Now();
    TARN_TRY(StoreRun(context_, repository,
                      {.id = run_id,
                       .branch = BranchId(record.event.branch),
                       .commit = CommitId(record.event.commit_id),
                       .source_ref = record.event.source_ref,
                       .event_type = std::string(record.event.name()),
                       .started = record.event.time,
                       .ended = now,
                       .passed = false},
                      {}));
    return records::RemoveIfStill(context_.kv, repository.partition(), key, bytes);
  }
  record.owner = leases_.instance();
  if (record.has_commit) {
    TARN_TRY_ASSIGN(const auto commit,
                    context_.refs.GetCommit(repository, CommitId(record.event.commit_id)));
    record.event.commit = *commit;
  }
  auto pending = std::make_shared<Pending>();
  pending->record = record;
  // Where there is no place, it is left for a later look, or for another server.
  if (!Add(KeyOf(record.event), pending).ok()) return {};
  Status taken = ShowLife();
  if (!taken.ok()) {
    Forget(KeyOf(record.event));
    return taken;
  }
  taken = context_.kv.SetIf(repository.partition(), key, EncodePostEvent(record),
                            kv::Predicate::Equals(std::string(bytes)));
  if (!taken.ok()) {
    Forget(KeyOf(record.event));
    return taken.code() == Code::kPredicateFailed ? Status() : taken;
  }
  Settle(pending);
  return {};
}

/// Sees to it that this server counts as living, before something depends on that.
Status PostEvents::ShowLife() {
  const int64_t now_ms = context_.clock.MonotonicMs();
  if (!context_.kv.traits().shared || now_ms - beat_at_ms_ < options_.heartbeat_ms) return {};
  TARN_TRY(leases_.Write());
  beat_at_ms_ = now_ms;
  return {};
}

/// One heartbeat for all events of this server.
void PostEvents::Beat() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (pending_.empty() || !context_.kv.traits().shared) {
      changed_.Wait(lock);
      continue;
    }
    const Deadline due(options_.heartbeat_ms);
    while (!stopping_ && due.RemainingMs() > 0) changed_.WaitFor(lock, due.RemainingMs());
    lock.Unlock();
    const int64_t now_ms = context_.clock.MonotonicMs();
    const bool was_silent = now_ms - beat_at_ms_ >= options_.lease_ms / 2;
    const Status shown = leases_.Write();
    if (shown.ok()) {
      beat_at_ms_ = now_ms;
      if (was_silent) FindLost();
    } else {
      TARN_LOG_WARN("events after changes are not renewed: {}", shown.ToString());
    }
    lock.Lock();
  }
}

/// Looks which of the events that run here others have taken meanwhile.
void PostEvents::FindLost() {
  std::vector<PendingPtr> running;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, pending] : pending_) {
      if (pending->state == State::kRunning) running.push_back(pending);
    }
  }
  for (const PendingPtr& pending : running) {
    const Event& event = pending->record.event;
    const auto found = context_.kv.Get(event.repository.partition(), RecordKey(event.run_id));
    if (!found.ok()) continue;
    const auto record = *found ? DecodePostEvent(**found)
                               : Result<PostEventRecord>(Status(Code::kNotFound, "gone"));
    if (!record.ok() || record->owner != leases_.instance()) pending->is_lost = true;
  }
}

void PostEvents::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
    const Deadline grace(options_.stop_grace_ms);
    while (running_ > 0 && grace.RemainingMs() > 0) changed_.WaitFor(lock, grace.RemainingMs());
    is_cancelled_ = true;
  }
  pool_.reset();
  heart_.Join();
  // What is left may be taken at once.
  if (context_.kv.traits().shared && beat_at_ms_ != kNever) {
    IgnoreError(leases_.Remove(), "the lease ends by itself");
    beat_at_ms_ = kNever;
  }
}

}  // namespace tarn::hooks
