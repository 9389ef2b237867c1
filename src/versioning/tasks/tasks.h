// Long work that is started by one request and asked about by others: dumps, restores, preparation
// of garbage collection.
//
// A durable record (messages of proto/catalog.proto: a Task, and what the work found out) is
// written before the id is given out, after each step and at the end; while tasks run, the process
// keeps a heartbeat record, so that any server can tell that a task's owner is gone and end its
// record. Level 6; TaskRunner is thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/background_pool.h"
#include "versioning/context.h"

namespace tarn::versioning {

enum class TaskKind : uint8_t { kDumpRefs, kRestoreRefs, kPrepareGcCommits };

/// A task as its record tells it.
struct TaskStatus {
  std::string id;
  bool done = false;
  Timestamp updated;
  std::string error;                ///< Why it failed; "" while it runs and after success.
  int32_t status_code = 0;          ///< HTTP status that goes with the error.
  std::string owner;                ///< Instance that runs it.
  std::optional<std::string> info;  ///< What it found out: bytes of the message of its kind.
};

/// How the work of a task talks to its record.
class TaskProgress {
 public:
  virtual ~TaskProgress() = default;
  /// True once the work is to give up with kCancelled, soon: the server stops, or the record is
  /// gone.
  virtual bool stop() const = 0;
  /// Sets the info that the next write of the record takes along.
  virtual void SetInfo(std::string info) = 0;
  /// Writes the record after a step that is not the last one, durable.
  virtual Status StepDone() = 0;
};

/// The work itself. Runs on the runner's pool; its error becomes the task's.
using TaskWork = std::function<Status(TaskProgress&)>;

struct TaskRunnerOptions {
  /// How often the heartbeat is written while tasks run.
  int64_t heartbeat_ms = 5000;
  /// A server counts as dead when its heartbeat did not change for so long. 0: the KV belongs to
  /// this process alone, so tasks of others are dead at once.
  int64_t lease_ms = 0;
  /// Sets text and HTTP status of a failed task, which are a protocol's to choose. None: the
  /// message alone.
  std::function<void(const Status&, TaskStatus*)> describe;
};

class TaskRunner {
 public:
  /// `pool` runs the work, its repository being the owner, and outlives the runner.
  TaskRunner(Context& context, runtime::BackgroundPool& pool, TaskRunnerOptions options);
  /// Asks running work to stop, waits for it and ends its records.
  ~TaskRunner();

  /// Writes the record, queues the work and returns the task's id. kSlowDown when too much waits.
  Result<std::string> Submit(const refs::Repository& repository, TaskKind kind, TaskWork work);
  /// kNotFound ("not found") for an id that no task of this kind has.
  Result<TaskStatus> GetStatus(const refs::Repository& repository, TaskKind kind,
                               std::string_view id);
  /// Ends records whose owner is gone, removes records and heartbeats older than a day. At start
  /// and periodically.
  Status Recover();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::versioning
