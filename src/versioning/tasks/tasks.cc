#include "versioning/tasks/tasks.h"

#include <atomic>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/sync.h"
#include "records/layout.h"
#include "records/update.h"
#include "versioning/tasks/task_record.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kKeptSeconds = 24 * 3600;
constexpr int kRepositoriesPerPage = 1000;
constexpr int kRequestTimeout = 408;
constexpr std::string_view kOwnerGone = "Task owner instance no longer available. Please retry.";

std::string TaskKey(std::string_view id) { return records::Key(records::kTaskPrefix, id); }

/// Edits a stored task; returns false to leave it as it is.
using TaskChange = std::function<bool(TaskStatus*)>;

/// Changes the record by compare-and-set. kNotFound ("not found") without a record.
Status UpdateTask(Context& context, const refs::Repository& repository, std::string_view id,
                  const TaskChange& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return Status(Code::kNotFound, "not found");
    TARN_TRY_ASSIGN(StoredTask stored, DecodeTask(*found));
    if (!change(&stored.task)) return std::optional<std::string>();
    stored.task.updated = context.clock.Now();
    return std::optional(EncodeTask(stored.task, stored.operation));
  };
  return records::UpdateRecord(context.kv, context.random, repository.partition(), TaskKey(id),
                               "task status", edit);
}

/// A task of this process.
class Job final : public TaskProgress {
 public:
  Job(Context& context, refs::Repository repository_in, std::string id_in, TaskWork work_in)
      : repository(std::move(repository_in)),
        id(std::move(id_in)),
        work(std::move(work_in)),
        context_(context) {}

  bool stop() const override { return stopped; }
  void SetInfo(std::string info) override { info_ = std::move(info); }
  Status StepDone() override {
    if (stopped) return Status(Code::kCancelled);
    return Write([](TaskStatus*) { return true; });
  }
  /// Lets `change` edit the record, which also takes the info.
  Status Write(const TaskChange& change) {
    const Status written = UpdateTask(context_, repository, id, [&](TaskStatus* task) {
      if (info_) task->info = info_;
      return change(task);
    });
    // Without a record nobody can ask for it (its repository is gone, most likely).
    if (written.code() == Code::kNotFound) stopped = true;
    return written;
  }

  const refs::Repository repository;
  const std::string id;
  const TaskWork work;
  std::atomic<bool> stopped = false;

 private:
  Context& context_;
  std::optional<std::string> info_;  // used by the thread that runs the work
};
using JobPtr = std::shared_ptr<Job>;  // shared by the pool's queue and the list of what runs

}  // namespace

class TaskRunner::Impl {
 public:
  Impl(Context& context, runtime::BackgroundPool& pool, TaskRunnerOptions options)
      : context_(context),
        pool_(pool),
        options_(std::move(options)),
        instance_(context.xids.New()),
        heart_("tasks-heart", [this] { Beat(); }) {}

  ~Impl() {
    {
      MutexLock lock(mutex_);
      closing_ = true;
      for (const auto& [id, job] : running_) job->stopped = true;
      changed_.NotifyAll();
      while (!running_.empty()) changed_.Wait(lock);
    }
    heart_.Join();
    IgnoreError(context_.kv.Delete(records::kInstancesPartition, InstanceKey()),
                "Recover removes old heartbeats");
  }

  Result<std::string> Submit(const refs::Repository& repository, TaskKind kind, TaskWork work) {
    const auto job = std::make_shared<Job>(context_, repository, NewTaskId(kind, context_.random),
                                           std::move(work));
    TARN_TRY(Register(job));
    Status queued = WriteHeartbeat();  // Before the task: an owner without one counts as gone.
    if (queued.ok()) {
      const TaskStatus start = {.id = job->id, .updated = context_.clock.Now(), .owner = instance_};
      queued = context_.kv.Set(repository.partition(), TaskKey(job->id),
                               EncodeTask(start, RowOf(kind).operation));
    }
    if (queued.ok()) {
      queued = pool_.Submit(repository.partition(), [this, job] { Run(*job); });
    }
    if (queued.ok()) return job->id;
    IgnoreError(context_.kv.Delete(repository.partition(), TaskKey(job->id)),
                "Recover ends a record without a task");
    Forget(job->id);
    return queued;
  }

  Result<TaskStatus> GetStatus(const refs::Repository& repository, TaskKind kind,
                               std::string_view id) {
    if (!IsTaskId(kind, id)) return Status(Code::kNotFound, "not found");
    TARN_TRY_ASSIGN(const auto found, context_.kv.Get(repository.partition(), TaskKey(id)));
    if (!found) return Status(Code::kNotFound, "not found");
    TARN_TRY_ASSIGN(StoredTask stored, DecodeTask(*found));
    return std::move(stored.task);
  }

  Status Recover() {
    TARN_TRY(SweepHeartbeats());
    refs::PageRequest request{.amount = kRepositoriesPerPage};
    for (;;) {
      TARN_TRY_ASSIGN(const auto page, context_.refs.ListRepositories(request, ""));
      for (const refs::Repository& repository : page.items) {
        const Status swept = Sweep(repository);
        if (!swept.ok()) {
          TARN_LOG_WARN("tasks not swept: repository={} {}", repository.id.str(), swept.ToString());
        }
      }
      if (!page.has_more || page.items.empty()) return {};
      request.after = page.items.back().id.str();
    }
  }

 private:
  std::string InstanceKey() const { return records::Key(records::kInstancePrefix, instance_); }

  Status Register(const JobPtr& job) {
    MutexLock lock(mutex_);
    if (closing_) return Status(Code::kSlowDown, "the server is shutting down");
    running_[job->id] = job;
    changed_.NotifyAll();
    return {};
  }

  void Forget(const std::string& id) {
    MutexLock lock(mutex_);
    running_.erase(id);
    changed_.NotifyAll();
  }

  void Run(Job& job) {
    const Status done = job.stopped ? Status(Code::kCancelled) : job.work(job);
    const Status written = job.Write([&](TaskStatus* task) {
      task->done = true;
      if (done.ok()) {
        // The work is done: that is the truth, even if somebody took the owner for dead.
        task->error.clear();
        task->status_code = 0;
      } else if (done.code() == Code::kCancelled) {
        task->error = kOwnerGone;
        task->status_code = kRequestTimeout;
      } else if (options_.describe) {
        options_.describe(done, task);
      } else {
        task->error = done.message();
      }
      return true;
    });
    if (!written.ok() && written.code() != Code::kNotFound) {
      TARN_LOG_ERROR("task ended but its record is not written: repository={} id={} {}",
                     job.repository.id.str(), job.id, written.ToString());
    }
    Forget(job.id);
  }

  Status WriteHeartbeat() {
    return context_.kv.Set(records::kInstancesPartition, InstanceKey(),
                           EncodeHeartbeat(context_.clock.Now()));
  }

  /// Keeps the heartbeat while tasks run.
  void Beat() {
    MutexLock lock(mutex_);
    while (!closing_) {
      if (running_.empty()) {
        changed_.Wait(lock);
        continue;
      }
      const Deadline due(options_.heartbeat_ms);
      while (!closing_ && changed_.WaitFor(lock, due.RemainingMs())) {
      }
      if (closing_ || running_.empty()) continue;
      lock.Unlock();
      const Status written = WriteHeartbeat();
      if (!written.ok()) TARN_LOG_WARN("heartbeat not written: {}", written.ToString());
      lock.Lock();
    }
  }

  bool Runs(const std::string& id) {
    MutexLock lock(mutex_);
    return running_.contains(id);
  }

  Status Sweep(const refs::Repository& repository) {
    TARN_TRY_ASSIGN(const auto records,
                    context_.kv.Scan(repository.partition(), records::kTaskPrefix));
    TARN_TRY(records->Seek(records::kTaskPrefix));
    while (records->Valid()) {
      const std::string id(records->key().substr(records::kTaskPrefix.size()));
      const auto stored = DecodeTask(records->value());
      if (stored.ok()) {
        TARN_TRY(SweepTask(repository, id, stored->task));
      } else {
        TARN_LOG_WARN("task record cannot be read: repository={} id={} {}", repository.id.str(), id,
                      stored.status().ToString());
      }
      TARN_TRY(records->Next());
    }
    return {};
  }

  Status SweepTask(const refs::Repository& repository, const std::string& id,
                   const TaskStatus& task) {
    if (Runs(id)) return {};
    if (task.updated.seconds + kKeptSeconds < context_.clock.Now().seconds) {
      return context_.kv.Delete(repository.partition(), TaskKey(id));
    }
    if (task.done) return {};
    TARN_TRY_ASSIGN(const bool alive, OwnerLives(task.owner));
    if (alive) return {};
    TARN_LOG_INFO("task was interrupted: repository={} id={}", repository.id.str(), id);
    return UpdateTask(context_, repository, id, [](TaskStatus* found) {
      if (found->done) return false;
      found->done = true;
      found->error = kOwnerGone;
      found->status_code = kRequestTimeout;
      return true;
    });
  }

  /// False if this server, or one whose heartbeat is missing or still, has the task no more.
  Result<bool> OwnerLives(const std::string& owner) {
    if (owner == instance_ || options_.lease_ms == 0) return false;
    TARN_TRY_ASSIGN(const auto found,
                    context_.kv.Get(records::kInstancesPartition,
                                    records::Key(records::kInstancePrefix, owner)));
    if (!found) return false;
    const int64_t now_ms = context_.clock.MonotonicMs();
    MutexLock lock(mutex_);
    const auto [seen, fresh] = leases_.try_emplace(owner, Lease{*found, now_ms});
    if (!fresh && seen->second.heartbeat != *found) seen->second = {*found, now_ms};
    return now_ms - seen->second.since_ms < options_.lease_ms;
  }

  Status SweepHeartbeats() {
    TARN_TRY_ASSIGN(const auto records,
                    context_.kv.Scan(records::kInstancesPartition, records::kInstancePrefix));
    TARN_TRY(records->Seek(records::kInstancePrefix));
    for (; records->Valid();) {
      const auto beat = DecodeHeartbeat(records->value());
      if (beat.ok() && beat->seconds + kKeptSeconds < context_.clock.Now().seconds &&
          records->key() != InstanceKey()) {
        TARN_TRY(context_.kv.Delete(records::kInstancesPartition, records->key()));
      }
      TARN_TRY(records->Next());
    }
    return {};
  }

  struct Lease {
    std::string heartbeat;  // as stored
    int64_t since_ms = 0;
  };

  Context& context_;
  runtime::BackgroundPool& pool_;
  const TaskRunnerOptions options_;
  const std::string instance_;
  Mutex mutex_;  // guards what follows
  CondVar changed_;
  std::map<std::string, JobPtr> running_;  // by id; queued ones too
  std::map<std::string, Lease> leases_;    // other servers
  bool closing_ = false;
  Thread heart_;
};

TaskRunner::TaskRunner(Context& context, runtime::BackgroundPool& pool, TaskRunnerOptions options)
    : impl_(std::make_unique<Impl>(context, pool, std::move(options))) {}
TaskRunner::~TaskRunner() = default;

Result<std::string> TaskRunner::Submit(const refs::Repository& repository, TaskKind kind,
                                       TaskWork work) {
  return impl_->Submit(repository, kind, std::move(work));
}
Result<TaskStatus> TaskRunner::GetStatus(const refs::Repository& repository, TaskKind kind,
                                         std::string_view id) {
  return impl_->GetStatus(repository, kind, id);
}
Status TaskRunner::Recover() { return impl_->Recover(); }

}  // namespace tarn::versioning
