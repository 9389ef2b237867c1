#include "hooks/live_runs.h"

#include <algorithm>

#include "base/log.h"
#include "block/object_store.h"
#include "hooks/running_record.h"
#include "records/layout.h"
#include "records/list.h"
#include "records/update.h"

namespace tarn::hooks {
namespace {

/// A record that is older was left by a server that is gone, or cannot write.
constexpr int64_t kFreshSeconds = 60;
constexpr int64_t kKeptSeconds = 3600;

std::string RecordKey(std::string_view run_id) { return records::Key(kRunningPrefix, run_id); }

/// Beside the place of the whole output, which is written once.
std::string PartAddress(const HookRun& hook) {
  return HookOutputAddress(hook.run_id, hook.id) + ".part";
}

block::ObjectPointer PlaceOf(const refs::Repository& repository, const std::string& address) {
  return {repository.storage_namespace.view(), address};
}

void Warn(const Status& status, std::string_view what, std::string_view run_id) {
  if (!status.ok()) TARN_LOG_WARN("run {} {}: {}", run_id, what, status.ToString());
}

}  // namespace

/// A run of this server, and what was written of it.
struct LiveRuns::Entry {
  Entry(std::shared_ptr<LiveRun> of, int64_t now_ms) : run(std::move(of)), since_ms(now_ms) {}
  const std::shared_ptr<LiveRun> run;
  const int64_t since_ms;
  Mutex mutex;
  bool is_over TARN_GUARDED_BY(mutex) = false;
  bool has_record TARN_GUARDED_BY(mutex) = false;
  /// By the address, how much of an output.
  std::map<std::string, size_t> written TARN_GUARDED_BY(mutex);
};

LiveRuns::LiveRuns(versioning::Context& context, LiveRunsOptions options)
    : context_(context), options_(options), flusher_("hook-flush", [this] { FlushAll(); }) {}

LiveRuns::~LiveRuns() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  flusher_.Join();
}

LiveRuns::Scope::Scope(LiveRuns& runs, std::shared_ptr<LiveRun> run)
    : runs_(runs), run_(std::move(run)) {
  const MutexLock lock(runs_.mutex_);
  runs_.runs_[{run_->repository().partition(), run_->id()}] =
      std::make_shared<Entry>(run_, runs_.context_.clock.MonotonicMs());
  if (runs_.runs_.size() == 1) runs_.changed_.NotifyAll();
}

LiveRuns::Scope::~Scope() { runs_.Remove({run_->repository().partition(), run_->id()}); }

void LiveRuns::Remove(const Key& key) {
  EntryPtr entry;
  {
    const MutexLock lock(mutex_);
    const auto found = runs_.find(key);
    if (found == runs_.end()) return;
    entry = found->second;
    runs_.erase(found);
  }
  const MutexLock lock(entry->mutex);
  entry->is_over = true;
  if (entry->has_record) {
    Warn(context_.kv.Delete(key.first, RecordKey(key.second)), "is still called running",
         key.second);
  }
  for (const auto& [address, size] : entry->written) {
    Warn(context_.objects.Remove(PlaceOf(entry->run->repository(), address)), "left a part behind",
         key.second);
  }
}

void LiveRuns::FlushAll() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (runs_.empty() || !context_.kv.traits().shared) {
      changed_.Wait(lock);
      continue;
    }
    const Deadline due(options_.flush_ms);
    while (!stopping_ && due.RemainingMs() > 0) changed_.WaitFor(lock, due.RemainingMs());
    std::vector<EntryPtr> all;
    const int64_t now_ms = context_.clock.MonotonicMs();
    for (const auto& [key, entry] : runs_) {
      if (now_ms - entry->since_ms >= options_.flush_ms) all.push_back(entry);
    }
    lock.Unlock();
    for (const EntryPtr& entry : all) Flush(*entry);
    lock.Lock();
  }
}

void LiveRuns::Flush(Entry& entry) {
  const MutexLock lock(entry.mutex);
  if (entry.is_over) return;
  const RunningRun now = entry.run->Snapshot();
  for (const LiveHook& hook : now.hooks) {
    Warn(FlushOutput(entry, hook), "shows old output", now.run.id);
  }
  const Status written =
      context_.kv.Set(entry.run->repository().partition(), RecordKey(now.run.id),
                      EncodeRunning({.running = now, .renewed = context_.clock.Now()}));
  Warn(written, "is not shown by other servers", now.run.id);
  // One that seems to have failed may have been made.
  entry.has_record = true;
}

Status LiveRuns::FlushOutput(Entry& entry, const LiveHook& hook) TARN_REQUIRES(entry.mutex) {
  const auto output = entry.run->OutputOf(hook.run.id);
  if (output == nullptr) return {};
  const std::string text = output->TextSoFar();
  const std::string address = PartAddress(hook.run);
  const auto known = entry.written.find(address);
  if (text.empty() || (known != entry.written.end() && known->second == text.size())) return {};
  entry.written[address] = text.size();
  return ToStatus(
      block::PutObject(context_.objects, PlaceOf(entry.run->repository(), address), text));
}

Result<std::vector<RunningRun>> LiveRuns::List(const refs::Repository& repository) {
  std::map<std::string, RunningRun> all;
  const int64_t oldest = context_.clock.Now().seconds - kFreshSeconds;
  const auto add = [&](std::string_view, std::string_view bytes) -> Status {
    auto record = DecodeRunning(bytes);
    TARN_TRY(record.status());
    if (record->renewed.seconds < oldest || all.size() == kShownMax) return {};
    std::string id = record->running.run.id;
    all.emplace(std::move(id), std::move(record->running));
    return {};
  };
  if (context_.kv.traits().shared) {
    TARN_TRY(records::ForEachRecord(context_.kv, repository.partition(), kRunningPrefix, add));
  }
  {
    const std::string partition = repository.partition();
    const MutexLock lock(mutex_);
    for (auto at = runs_.lower_bound({partition, ""});
         at != runs_.end() && at->first.first == partition; ++at) {
      all.insert_or_assign(at->first.second, at->second->run->Snapshot());
    }
  }
  std::vector<RunningRun> listed;
  for (auto& [id, running] : all) listed.push_back(std::move(running));
  return listed;
}

Result<std::optional<std::string>> LiveRuns::Output(const refs::Repository& repository,
                                                    std::string_view run_id,
                                                    std::string_view hook_run_id) {
  std::optional<RunningRun> running;
  {
    const MutexLock lock(mutex_);
    const auto found = runs_.find({repository.partition(), std::string(run_id)});
    if (found != runs_.end()) {
      const auto output = found->second->run->OutputOf(hook_run_id);
      if (output != nullptr) return std::optional(output->TextSoFar());
      running = found->second->run->Snapshot();
    }
  }
  if (!running) {
    TARN_TRY_ASSIGN(running, ReadOther(repository, run_id));
  }
  if (!running) return std::optional<std::string>();
  const auto hook = std::find_if(running->hooks.begin(), running->hooks.end(),
                                 [&](const LiveHook& one) { return one.run.id == hook_run_id; });
  if (hook == running->hooks.end()) return std::optional<std::string>();
  TARN_TRY_ASSIGN(std::string text, ReadStored(repository, hook->run));
  return std::optional(std::move(text));
}

Result<std::optional<RunningRun>> LiveRuns::ReadOther(const refs::Repository& repository,
                                                      std::string_view run_id) {
  if (!context_.kv.traits().shared) return std::optional<RunningRun>();
  TARN_TRY_ASSIGN(const auto found, context_.kv.Get(repository.partition(), RecordKey(run_id)));
  if (!found) return std::optional<RunningRun>();
  TARN_TRY_ASSIGN(RunningRecord record, DecodeRunning(*found));
  if (record.renewed.seconds < context_.clock.Now().seconds - kFreshSeconds) {
    return std::optional<RunningRun>();
  }
  return std::optional(std::move(record.running));
}

/// What is stored of an output: all of it, or a part, or nothing.
Result<std::string> LiveRuns::ReadStored(const refs::Repository& repository, const HookRun& hook) {
  if (hook.skipped()) return std::string();
  for (const std::string& address : {HookOutputAddress(hook.run_id, hook.id), PartAddress(hook)}) {
    auto text = block::GetObject(context_.objects, PlaceOf(repository, address),
                                 2 * static_cast<int64_t>(HookOutput::kBytesMax));
    if (text.ok() || text.code() != Code::kDataNotFound) return text;
  }
  return std::string();
}

Status LiveRuns::RemoveLeft() {
  if (!context_.kv.traits().shared) return {};
  const int64_t oldest = context_.clock.Now().seconds - kKeptSeconds;
  return context_.refs.ForEachRepository("", [&](const refs::Repository& repository) -> Status {
    const auto remove = [&](std::string_view key, std::string_view bytes) -> Status {
      const auto record = DecodeRunning(bytes);
      if (record.ok() && record->renewed.seconds >= oldest) return {};
      if (record.ok()) {
        for (const LiveHook& hook : record->running.hooks) {
          Warn(context_.objects.Remove(PlaceOf(repository, PartAddress(hook.run))),
               "left a part behind", hook.run.run_id);
        }
      }
      return records::RemoveIfStill(context_.kv, repository.partition(), key, bytes);
    };
    return records::ForEachRecord(context_.kv, repository.partition(), kRunningPrefix, remove);
  });
}

}  // namespace tarn::hooks
