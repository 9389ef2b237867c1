// A job: long work that one request starts and others ask about, with a durable record. The words
// that the engine (jobs/job_engine.h) and the kinds (jobs/job_kinds.h) share. Level 6.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "records/kind.h"

namespace tarn::refs {
struct Repository;
}
namespace tarn::versioning {

struct Context;

enum class JobState : uint8_t { kRunning, kDone, kFailed };

/// Why a job failed, as its record tells it. Never without text.
struct JobError {
  std::string text;
  int32_t status_code = 0;  ///< HTTP status that goes with it; 0 for forms that hold none.
};

/// A job as its record tells it, whatever the stored form.
struct JobRecord {
  std::string id;
  JobState state = JobState::kRunning;
  Timestamp updated;
  int64_t progress = 0;  ///< In units of the kind.
  JobError error;        ///< kFailed only.
  std::string operation;
  std::string owner;                  ///< Instance that runs it; "": nobody does just now.
  std::optional<std::string> result;  ///< What it came to, or got so far: bytes of its kind.
  // Of a job that runs and that another server can take over.
  std::string request;    ///< What was asked, in bytes of its kind; "" if nobody can take it over.
  int32_t takeovers = 0;  ///< How many servers have died with it.
  std::string intent;     ///< The step that its owner was about to take and cannot take back.
};

/// What keeps a running job from counting as dead.
enum class JobLease : uint8_t {
  kRecord,  ///< The record itself: it is written anew at each heartbeat.
  kOwner,   ///< The heartbeat of the instance that the record names.
};

/// How jobs are stored: the codec, and what follows from it.
struct JobForm {
  std::string_view name;  ///< For the log.
  /// In the partition of the job's repository, by id.
  records::Kind<JobRecord> records;
  JobLease lease;
  /// What a job failed with whose server stopped or died.
  std::string_view interrupted;
  int32_t interrupted_code;
  bool has_status_code;  ///< Errors are described in the words of a protocol.
};

/// Which pool runs it.
enum class JobQueue : uint8_t { kImports, kTasks };

class JobProgress;
/// The work itself; its error becomes the job's.
using JobWork = std::function<Status(JobProgress&)>;

/// One row for each kind of job.
struct JobKind {
  const JobForm& form;
  JobQueue queue;
  std::string_view operation;  ///< As stored.
  std::string_view id_prefix;
  int id_random_length;  ///< Random characters after the prefix; 0: the id is an xid.
  /// The work of a job that its owner has left as the record says: from the beginning, or, if there
  /// is an intent, to find out whether that came to be. Null: nobody takes it over.
  JobWork (*resume)(Context&, const refs::Repository&, const JobRecord&) = nullptr;
};

/// What a job and the threads that help it share. Outlives those that are still queued.
struct JobSignals {
  std::atomic<bool> stop = false;  ///< Cancelled, failed or shutting down: end soon.
  std::atomic<int64_t> progress = 0;
};

/// How the work of a job talks to its record. For the thread that runs the work.
class JobProgress {
 public:
  virtual ~JobProgress() = default;
  virtual const std::shared_ptr<JobSignals>& signals() const = 0;
  /// True once the work is to give up with kCancelled, soon: it was cancelled, another server has
  /// taken it over, this one stops, or the record is gone.
  bool stop() const { return signals()->stop; }
  /// Sets the result that the next StepDone, or the end, takes along.
  virtual void SetResult(std::string result) = 0;
  /// Writes the record after a step that is not the last one, durable. kCancelled if somebody has
  /// ended it or taken it over.
  virtual Status StepDone() = 0;
  /// Writes what the next step is, before one that cannot be taken back. kCancelled if somebody has
  /// ended the job or taken it over; from then on nobody can take it over without seeing that.
  virtual Status Intend(std::string_view step) = 0;
};

}  // namespace tarn::versioning
