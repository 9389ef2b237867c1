#include "versioning/import/import.h"

#include <atomic>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/sync.h"
#include "block/namespace_address.h"
#include "versioning/import/import_run.h"
#include "versioning/import/import_status.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kKeptSeconds = 24 * 3600;
constexpr int kRepositoriesPerPage = 1000;

/// An import of this process.
struct Job {
  refs::Repository repository;
  ImportRequest request;
  std::string id;
  std::atomic<bool> recorded = false;  // the record is written
  std::shared_ptr<ImportControl> control = std::make_shared<ImportControl>();
};
using JobPtr = std::shared_ptr<Job>;  // shared by the pool's queue, the heartbeat and look-ups
using JobKey = std::pair<std::string, std::string>;  // partition, id

JobKey KeyOf(const refs::Repository& repository, std::string_view id) {
  return {repository.partition(), std::string(id)};
}

/// Sources that have no place fail when they are walked.
Status CheckSources(const block::ObjectStore& objects, const refs::Repository& repository,
                    const ImportRequest& request) {
  const std::string& ns = repository.storage_namespace.str();
  for (const ImportLocation& location : request.locations) {
    const std::string& path = location.path;
    const block::SourceRelation relation = block::RelationOf(objects, ns, path);
    if (relation == block::SourceRelation::kInside) {
      return {Code::kInvalidValue, "import path (" + path + ") in repository namespace (" + ns +
                                       ") is prohibited: invalid import source"};
    }
    const bool contains = relation == block::SourceRelation::kContains;
    if (location.type == ImportLocationType::kCommonPrefix && contains) {
      return {Code::kInvalidValue, "prefix (" + path + ") contains repository namespace: (" + ns +
                                       "), invalid import source"};
    }
  }
  return {};
}

}  // namespace

class Importer::Impl {
 public:
  Impl(Context& context, runtime::BackgroundPool& pool, ImporterOptions options)
      : context_(context),
        pool_(pool),
        options_(options),
        heart_("import-heart", [this] { Beat(); }) {}

  ~Impl() {
    {
      MutexLock lock(mutex_);
      closing_ = true;
      for (const auto& [key, job] : running_) job->control->stop = true;
      changed_.NotifyAll();
      while (!running_.empty()) changed_.Wait(lock);
    }
    heart_.Join();
  }

  Result<std::string> Start(const refs::Repository& repository, ImportRequest request) {
    if (!context_.objects.info().import_support) {
      return Status(Code::kForbidden, "import is not supported for this storage");
    }
    TARN_TRY(context_.refs.GetBranch(repository, request.branch));
    TARN_TRY(CheckSources(context_.objects, repository, request));
    auto job = std::make_shared<Job>();
    job->repository = repository;
    job->request = std::move(request);
    job->id = context_.refs.xids().New();
    TARN_TRY(Register(job));
    Status queued = WriteStart(*job);
    job->recorded = queued.ok();
    if (queued.ok()) {
      queued = pool_.Submit(repository.partition(), [this, job] { Run(*job); });
    }
    if (queued.ok()) return job->id;
    IgnoreError(context_.refs.kv().Delete(repository.partition(), ImportKey(job->id)),
                "Recover ends a record without an import");
    Forget(KeyOf(repository, job->id));
    return queued;
  }

  Result<ImportStatus> GetStatus(const refs::Repository& repository, std::string_view id) {
    const JobPtr job = Find(KeyOf(repository, id));
    TARN_TRY_ASSIGN(const auto found,
                    context_.refs.kv().Get(repository.partition(), ImportKey(id)));
    if (!found) return Status(Code::kNotFound, "not found");
    TARN_TRY_ASSIGN(ImportStatus status, DecodeImportStatus(*found));
    if (job && !HasEnded(status)) status.ingested_objects = job->control->ingested_objects;
    return status;
  }

  Status Cancel(const refs::Repository& repository, std::string_view id) {
    TARN_TRY(UpdateImportStatus(context_, repository, id, [&](ImportStatus* s) -> Result<bool> {
      if (s->completed) return Status(Code::kConflict, "conflict found");
      s->error = kImportCanceled;
      s->updated = context_.clock.Now();
      return true;
    }));
    if (const JobPtr job = Find(KeyOf(repository, id))) job->control->stop = true;
    return {};
  }

  Status Recover() {
    refs::PageRequest request{.amount = kRepositoriesPerPage};
    for (;;) {
      TARN_TRY_ASSIGN(const auto page, context_.refs.ListRepositories(request, ""));
      for (const refs::Repository& repository : page.items) {
        const Status swept = Sweep(repository);
        if (!swept.ok()) {
          TARN_LOG_WARN("imports not swept: repository={} {}", repository.id.str(),
                        swept.ToString());
        }
      }
      if (!page.has_more || page.items.empty()) return {};
      request.after = page.items.back().id.str();
    }
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
    running_[KeyOf(job->repository, job->id)] = job;
    return {};
  }

  Status WriteStart(const Job& job) {
    const ImportStatus status = {.id = job.id, .updated = context_.clock.Now()};
    return context_.refs.kv().Set(job.repository.partition(), ImportKey(job.id),
                                  EncodeImportStatus(status));
  }

  void Forget(const JobKey& key) {
    MutexLock lock(mutex_);
    running_.erase(key);
    changed_.NotifyAll();
  }

  void Run(const Job& job) {
    Result<refs::Commit> commit =
        job.control->stop ? Result<refs::Commit>(Status(Code::kCancelled))
                          : RunImport(context_, job.repository, job.request, job.control);
    const Status ended = WriteEnd(job, commit);
    if (!ended.ok()) {
      TARN_LOG_ERROR("import ended but its record is not written: repository={} id={} {}",
                     job.repository.id.str(), job.id, ended.ToString());
    }
    Forget(KeyOf(job.repository, job.id));
  }

  Status WriteEnd(const Job& job, const Result<refs::Commit>& commit) {
    return UpdateImportStatus(context_, job.repository, job.id,
                              [&](ImportStatus* status) -> Result<bool> {
                                if (commit.ok()) {
                                  // The branch has moved: that is the truth, even if a cancellation
                                  // came in between.
                                  status->completed = true;
                                  status->error.clear();
                                  status->commit = *commit;
                                  status->metarange = commit->metarange;
                                } else {
                                  if (HasEnded(*status)) return false;
                                  status->error = commit.code() == Code::kCancelled
                                                      ? std::string(kImportInterrupted)
                                                      : std::string(commit.status().message());
                                }
                                status->ingested_objects = job.control->ingested_objects;
                                status->updated = context_.clock.Now();
                                return true;
                              });
  }

  /// Renews the records of running imports until the importer closes.
  void Beat() {
    MutexLock lock(mutex_);
    while (!closing_) {
      const Deadline due(options_.heartbeat_ms);
      while (!closing_ && changed_.WaitFor(lock, due.RemainingMs())) {
      }
      if (closing_) return;
      const std::map<JobKey, JobPtr> running = running_;
      lock.Unlock();
      for (const auto& [key, job] : running) {
        if (job->recorded) Renew(*job);
      }
      lock.Lock();
    }
  }

  void Renew(const Job& job) {
    const Status renewed =
        UpdateImportStatus(context_, job.repository, job.id, [&](ImportStatus* s) -> Result<bool> {
          if (HasEnded(*s)) {
            job.control->stop = true;  // cancelled by way of another server, or just finished
            return false;
          }
          s->ingested_objects = job.control->ingested_objects;
          s->updated = context_.clock.Now();
          return true;
        });
    if (renewed.ok()) return;
    TARN_LOG_WARN("import record not renewed: repository={} id={} {}", job.repository.id.str(),
                  job.id, renewed.ToString());
    // Without a record nobody can see or stop it (its repository is gone, most likely).
    if (renewed.code() == Code::kNotFound) job.control->stop = true;
  }

  Status Sweep(const refs::Repository& repository) {
    TARN_TRY_ASSIGN(const auto records,
                    context_.refs.kv().Scan(repository.partition(), kImportPrefix));
    TARN_TRY(records->Seek(kImportPrefix));
    while (records->Valid()) {
      const std::string id(records->key().substr(kImportPrefix.size()));
      const auto status = DecodeImportStatus(records->value());
      if (status.ok()) {
        TARN_TRY(SweepRecord(repository, id, *status));
      } else {
        TARN_LOG_WARN("import record cannot be read: repository={} id={} {}", repository.id.str(),
                      id, status.status().ToString());
      }
      TARN_TRY(records->Next());
    }
    return {};
  }

  Status SweepRecord(const refs::Repository& repository, const std::string& id,
                     const ImportStatus& status) {
    const JobKey key = KeyOf(repository, id);
    if (Find(key)) return {};
    if (!HasEnded(status)) return LeaseExpired(key, status) ? Interrupt(repository, id) : Status();
    if (status.updated.seconds + kKeptSeconds >= context_.clock.Now().seconds) return {};
    return context_.refs.kv().Delete(repository.partition(), ImportKey(id));
  }

  /// True if the record stayed the same since it was first seen so, a lease ago.
  bool LeaseExpired(const JobKey& key, const ImportStatus& status) {
    if (options_.lease_ms == 0) return true;
    const int64_t now_ms = context_.clock.MonotonicMs();
    MutexLock lock(mutex_);
    const auto [seen, fresh] = leases_.try_emplace(key, Lease{status.updated, now_ms});
    if (!fresh && seen->second.updated != status.updated) seen->second = {status.updated, now_ms};
    if (now_ms - seen->second.since_ms < options_.lease_ms) return false;
    leases_.erase(seen);
    return true;
  }

  Status Interrupt(const refs::Repository& repository, std::string_view id) {
    TARN_LOG_INFO("import was interrupted: repository={} id={}", repository.id.str(), id);
    return UpdateImportStatus(context_, repository, id, [&](ImportStatus* s) -> Result<bool> {
      if (HasEnded(*s)) return false;
      s->error = kImportInterrupted;
      s->updated = context_.clock.Now();
      return true;
    });
  }

  struct Lease {
    Timestamp updated;
    int64_t since_ms = 0;
  };

  Context& context_;
  runtime::BackgroundPool& pool_;
  const ImporterOptions options_;
  Mutex mutex_;  // guards what follows
  CondVar changed_;
  std::map<JobKey, JobPtr> running_;  // queued ones too
  std::map<JobKey, Lease> leases_;    // unfinished imports of other servers
  bool closing_ = false;
  Thread heart_;
};

Importer::Importer(Context& context, runtime::BackgroundPool& pool, ImporterOptions options)
    : impl_(std::make_unique<Impl>(context, pool, options)) {}
Importer::~Importer() = default;

Result<std::string> Importer::Start(const refs::Repository& repository, ImportRequest request) {
  return impl_->Start(repository, std::move(request));
}
Result<ImportStatus> Importer::GetStatus(const refs::Repository& repository, std::string_view id) {
  return impl_->GetStatus(repository, id);
}
Status Importer::Cancel(const refs::Repository& repository, std::string_view id) {
  return impl_->Cancel(repository, id);
}
Status Importer::Recover() { return impl_->Recover(); }

}  // namespace tarn::versioning
