#include "versioning/jobs/job_engine.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/sync.h"
#include "records/list.h"
#include "versioning/jobs/job_kinds.h"
#include "versioning/jobs/job_leases.h"
#include "versioning/jobs/running_job.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kKeptSeconds = 24 * 3600;
constexpr std::string_view kCanceled = "Canceled";
// A job that servers die of must not go through all of them.
constexpr int32_t kTakeoversMax = 3;
// Who asked for it longer ago than that does not expect it any more.
constexpr int64_t kTakenOverSecondsMax = 3600;

using JobPtr = std::shared_ptr<RunningJob>;  // shared by a pool's queue, the heart and look-ups
using JobKey = std::pair<std::string, std::string>;  // partition, id

JobKey KeyOf(const refs::Repository& repository, std::string_view id) {
  return {repository.partition(), std::string(id)};
}

std::string NewId(const JobKind& kind, Context& context) {
  if (kind.id_random_length == 0) return records::Key(kind.id_prefix, context.xids.New());
  return records::Key(kind.id_prefix, NewNanoId(context.random, kind.id_random_length));
}

bool MayBeId(const JobKind& kind, std::string_view id) {
  if (kind.id_random_length == 0) return id.starts_with(kind.id_prefix);
  return id.starts_with(kind.id_prefix) &&
         id.size() == kind.id_prefix.size() + static_cast<size_t>(kind.id_random_length);
}

}  // namespace

class JobEngine::Impl {
 public:
  Impl(Context& context, JobPools pools, JobEngineOptions options)
      : context_(context),
        pools_(pools),
        options_(std::move(options)),
        leases_(context.kv, context.clock, context.xids.New(), options_.lease_ms),
        heart_("jobs-heart", [this] { Beat(); }) {}

  ~Impl() {
    {
      MutexLock lock(mutex_);
      closing_ = true;
      for (const auto& [key, job] : running_) job->HandOver();
      changed_.NotifyAll();
      while (!running_.empty()) changed_.Wait(lock);
    }
    heart_.Join();
    IgnoreError(leases_.Remove(), "Recover removes old heartbeats");
  }

  Result<std::string> Start(const JobKind& kind, const refs::Repository& repository, JobWork work,
                            int64_t request_bytes, std::string request) {
    const auto job = std::make_shared<RunningJob>(context_, kind, repository, NewId(kind, context_),
                                                  std::move(work), leases_.instance());
    TARN_TRY(Register(job));
    Status queued = Record(*job, std::move(request));
    if (queued.ok()) queued = Queue(job, request_bytes);
    if (queued.ok()) return job->id();
    IgnoreError(job->RemoveRecord(), "Recover takes care of a record without a job");
    Forget(*job);
    return queued;
  }

  Result<JobRecord> Get(const JobKind& kind, const refs::Repository& repository,
                        std::string_view id) {
    const records::Kind<JobRecord>& records = kind.form.records;
    if (!MayBeId(kind, id)) return records.missing.ToStatus();
    const JobPtr job = Find(KeyOf(repository, id));
    TARN_TRY_ASSIGN(JobRecord record,
                    records::Get(context_.kv, records, repository.partition(), id));
    if (job && record.state == JobState::kRunning) record.progress = job->signals()->progress;
    return record;
  }

  Status Cancel(const JobKind& kind, const refs::Repository& repository, std::string_view id) {
    if (!MayBeId(kind, id)) return kind.form.records.missing.ToStatus();
    const auto cancel = [&](JobRecord* record) -> Result<bool> {
      if (record->state == JobState::kDone) return Status(Code::kConflict, "conflict found");
      record->state = JobState::kFailed;
      record->error = {std::string(kCanceled), 0};
      record->updated = context_.clock.Now();
      return true;
    };
    TARN_TRY(records::Update(context_.kv, context_.random, kind.form.records,
                             repository.partition(), id, cancel));
    if (const JobPtr job = Find(KeyOf(repository, id))) job->signals()->stop = true;
    return {};
  }

  Status Recover() {
    MutexLock lock(recovering_);
    leases_.BeginPass();
    TARN_TRY(leases_.RemoveOld());
    return context_.refs.ForEachRepository("", [&](const refs::Repository& repository) {
      for (const JobForm* form : kJobForms) {
        const Status swept = Sweep(*form, repository);
        if (swept.ok()) continue;
        TARN_LOG_WARN("{} jobs not swept: repository={} {}", form->name, repository.id.str(),
                      swept.ToString());
      }
      return Status();
    });
  }

 private:
  JobPtr Find(const JobKey& key) {
    MutexLock lock(mutex_);
    const auto found = running_.find(key);
    return found == running_.end() ? nullptr : found->second;
  }

  /// Before the record is written, so that Recover never takes it for a dead one.
  Status Register(const JobPtr& job) {
    MutexLock lock(mutex_);
    if (closing_) return Status(Code::kSlowDown, "the server is shutting down");
    running_[KeyOf(job->repository(), job->id())] = job;
    changed_.NotifyAll();
    return {};
  }

  Status Record(RunningJob& job, std::string request) {
    // The heartbeat comes before the record: an owner without one counts as gone.
    if (job.form().lease == JobLease::kOwner) TARN_TRY(leases_.Write());
    return job.WriteStart(std::move(request));
  }

  Status Queue(const JobPtr& job, int64_t request_bytes) {
    runtime::BackgroundPool& pool =
        job->queue() == JobQueue::kImports ? pools_.imports : pools_.tasks;
    return pool.Submit(
        job->repository().partition(), [this, job] { Run(*job); }, request_bytes);
  }

  void Forget(const RunningJob& job) {
    MutexLock lock(mutex_);
    running_.erase(KeyOf(job.repository(), job.id()));
    changed_.NotifyAll();
  }

  void Run(RunningJob& job) {
    job.Work(options_.describe);
    if (TryEnd(job)) return;
    MutexLock lock(mutex_);
    job.set_ended();
    changed_.NotifyAll();
  }

  /// Writes the end of a job whose work is over. False if that is to be tried again.
  bool TryEnd(RunningJob& job) {
    const Status written = job.WriteEnd();
    // Without a record nobody can ask for it (its repository is gone, most likely).
    if (!written.ok() && written.code() != Code::kNotFound) {
      TARN_LOG_ERROR("{} ended but its record is not written: repository={} id={} {}",
                     job.form().name, job.repository().id.str(), job.id(), written.ToString());
      return false;
    }
    Forget(job);
    return true;
  }

  /// Nothing to wait for until something changes.
  bool IsIdle() const TARN_REQUIRES(mutex_) {
    if (running_.empty()) return true;
    if (!closing_) return false;
    for (const auto& [key, job] : running_) {
      if (!job->ended()) return false;
    }
    return true;
  }

  /// Shows that the jobs of this server live, until it closes and all of them have ended.
  void Beat() {
    MutexLock lock(mutex_);
    while (!closing_ || !running_.empty()) {
      if (running_.empty()) {
        changed_.Wait(lock);
        continue;
      }
      const Deadline due(options_.heartbeat_ms);
      while (!IsIdle() && due.RemainingMs() > 0) changed_.WaitFor(lock, due.RemainingMs());
      std::vector<JobPtr> jobs;
      for (const auto& [key, job] : running_) jobs.push_back(job);
      const bool last = closing_;
      lock.Unlock();
      BeatOnce(jobs, last);
      lock.Lock();
    }
  }

  void BeatOnce(const std::vector<JobPtr>& jobs, bool last) {
    bool owner_written = false;
    for (const JobPtr& job : jobs) {
      if (job->ended()) {
        // Others find out that this server is gone, if the record cannot be written at all.
        if (!TryEnd(*job) && last) Forget(*job);
      } else if (job->form().lease == JobLease::kRecord) {
        job->Renew();
      } else if (!std::exchange(owner_written, true)) {
        const Status written = leases_.Write();
        if (!written.ok()) TARN_LOG_WARN("heartbeat not written: {}", written.ToString());
      }
    }
  }

  Status Sweep(const JobForm& form, const refs::Repository& repository) {
    const auto sweep = [&](std::string_view key, std::string_view bytes) -> Status {
      const std::string id(key.substr(form.records.prefix.size()));
      const auto record = form.records.decode(bytes);
      if (record.ok()) return SweepRecord(form, repository, id, *record, bytes);
      TARN_LOG_WARN("{} record cannot be read: repository={} id={} {}", form.name,
                    repository.id.str(), id, record.status().ToString());
      return {};
    };
    return records::ForEachRecord(context_.kv, repository.partition(), form.records.prefix, sweep);
  }

  Status SweepRecord(const JobForm& form, const refs::Repository& repository, const std::string& id,
                     const JobRecord& record, std::string_view bytes) {
    if (Find(KeyOf(repository, id))) return {};
    const std::string key = records::Key(form.records.prefix, id);
    if (record.state != JobState::kRunning) {
      if (record.updated.seconds + kKeptSeconds >= context_.clock.Now().seconds) return {};
      return records::RemoveIfStill(context_.kv, repository.partition(), key, bytes);
    }
    TARN_TRY_ASSIGN(const bool lives,
                    Lives(form, repository.partition() + "/" + key, record, bytes));
    if (lives) return {};
    if (const JobKind* const kind = ResumedAs(form, repository, record)) {
      return TakeOver(*kind, repository, record, bytes);
    }
    TARN_LOG_INFO("{} was interrupted: repository={} id={}", form.name, repository.id.str(), id);
    const auto interrupt = [&](JobRecord* found) -> Result<bool> {
      // Its owner may have shown up in between.
      if (found->state != JobState::kRunning || found->updated != record.updated) return false;
      found->state = JobState::kFailed;
      found->error = {std::string(form.interrupted), form.interrupted_code};
      found->updated = context_.clock.Now();
      return true;
    };
    const Status ended = records::Update(context_.kv, context_.random, form.records,
                                         repository.partition(), id, interrupt);
    return ended.code() == Code::kNotFound ? Status() : ended;
  }

  Result<bool> Lives(const JobForm& form, const std::string& name, const JobRecord& record,
                     std::string_view bytes) {
    if (form.lease == JobLease::kOwner) return leases_.OwnerLives(record.owner);
    const bool handed_over = record.owner.empty() && !record.request.empty();
    return !handed_over && leases_.Holds(name, bytes);
  }

  /// The kind as which a job that has lost its owner goes on; null if it ends.
  const JobKind* ResumedAs(const JobForm& form, const refs::Repository& repository,
                           const JobRecord& record) {
    if (record.request.empty() || record.takeovers >= kTakeoversMax ||
        repository.state != refs::RepositoryState::kActive ||
        record.updated.seconds + kTakenOverSecondsMax < context_.clock.Now().seconds) {
      return nullptr;
    }
    const auto kind = std::find_if(kResumedJobs.begin(), kResumedJobs.end(),
                                   [&](const JobKind* each) { return &each->form == &form; });
    return kind == kResumedJobs.end() ? nullptr : *kind;
  }

  Status TakeOver(const JobKind& kind, const refs::Repository& repository, const JobRecord& left,
                  std::string_view bytes) {
    const auto job =
        std::make_shared<RunningJob>(context_, kind, repository, left.id,
                                     kind.resume(context_, repository, left), leases_.instance());
    if (!Register(job).ok()) return {};  // Others will find it.
    const auto claimed = job->Claim(left, bytes);
    if (!claimed.ok() || !*claimed) {
      Forget(*job);
      return claimed.status();
    }
    TARN_LOG_INFO("{} is taken over: repository={} id={}", kind.form.name, repository.id.str(),
                  left.id);
    Status queued = Queue(job, static_cast<int64_t>(left.request.size()));
    if (queued.ok()) return {};
    IgnoreError(job->Release(), "its record shows no sign of life any more");
    Forget(*job);
    return queued;
  }

  Context& context_;
  const JobPools pools_;
  const JobEngineOptions options_;
  Mutex recovering_;  // guards leases_, but for writing
  JobLeases leases_;
  Mutex mutex_;
  CondVar changed_;
  /// Queued ones too, and those whose end is not written.
  std::map<JobKey, JobPtr> running_ TARN_GUARDED_BY(mutex_);
  bool closing_ TARN_GUARDED_BY(mutex_) = false;
  Thread heart_;
};

JobEngine::JobEngine(Context& context, JobPools pools, JobEngineOptions options)
    : impl_(std::make_unique<Impl>(context, pools, std::move(options))) {}
JobEngine::~JobEngine() = default;

Result<std::string> JobEngine::Start(const JobKind& kind, const refs::Repository& repository,
                                     JobWork work, int64_t request_bytes, std::string request) {
  return impl_->Start(kind, repository, std::move(work), request_bytes, std::move(request));
}
Result<JobRecord> JobEngine::Get(const JobKind& kind, const refs::Repository& repository,
                                 std::string_view id) {
  return impl_->Get(kind, repository, id);
}
Status JobEngine::Cancel(const JobKind& kind, const refs::Repository& repository,
                         std::string_view id) {
  return impl_->Cancel(kind, repository, id);
}
Status JobEngine::Recover() { return impl_->Recover(); }

}  // namespace tarn::versioning
