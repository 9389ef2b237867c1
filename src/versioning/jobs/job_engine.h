// The one engine of jobs: imports, dumps, restores, preparation of garbage collection.
//
// A durable record is written before a job's id is given out, after each step, at each heartbeat
// where the form wants it, and at the end; an end that could not be written is tried again until it
// is. A job whose server is gone (JobLeases) is taken over by any other one, if its kind can be, or
// ended, once; what it did before stays. A record names its owner, and only that one goes on:
// whoever was taken for dead finds out before its next step that cannot be taken back. Queues are
// bounded in jobs and in the bytes of what was asked (runtime::BackgroundPool). Level 6;
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/background_pool.h"
#include "versioning/context.h"
#include "versioning/jobs/job.h"

namespace tarn::versioning {

/// The pools that run jobs, their repository being the owner.
struct JobPools {
  runtime::BackgroundPool& imports;
  runtime::BackgroundPool& tasks;
};

struct JobEngineOptions {
  /// How often records and the heartbeat of this server are written while jobs run.
  int64_t heartbeat_ms = 1000;
  /// How long another server's job may show no sign of life, where others use the KV.
  int64_t lease_ms = 15'000;
  /// Sets text and HTTP status of a failure, which are a protocol's to choose. None: the message.
  std::function<JobError(const Status&)> describe;
};

class JobEngine {
 public:
  /// The pools outlive it.
  JobEngine(Context& context, JobPools pools, JobEngineOptions options = {});
  /// Asks running jobs to stop, waits for them and ends their records, or leaves them to others.
  ~JobEngine();

  /// Writes the record, queues the work and returns the job's id. kSlowDown when too much waits.
  /// `request_bytes`: what the work holds of the request. `request`: what another server needs to
  /// take the job over (JobKind::resume); "" if none can.
  Result<std::string> Start(const JobKind& kind, const refs::Repository& repository, JobWork work,
                            int64_t request_bytes = 0, std::string request = {});
  /// With the progress of now. kNotFound ("not found") for an id that no job of this kind has.
  Result<JobRecord> Get(const JobKind& kind, const refs::Repository& repository,
                        std::string_view id);
  /// Ends a job as cancelled, whoever runs it; it stops before its next step that cannot be taken
  /// back. kConflict ("conflict found") when it is done; kNotFound.
  Status Cancel(const JobKind& kind, const refs::Repository& repository, std::string_view id);
  /// Takes over or ends jobs whose owner is gone, removes what ended a day ago. At start and
  /// periodically.
  Status Recover();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::versioning
