// A job of this process, and what it writes to its record. Internal to the engine. Level 6; Work is
// for one thread, the rest is thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "versioning/context.h"
#include "versioning/jobs/job.h"

namespace tarn::versioning {

class RunningJob final : public JobProgress {
 public:
  RunningJob(Context& context, const JobKind& kind, refs::Repository repository, std::string id,
             JobWork work);

  const std::string& id() const { return id_; }
  const refs::Repository& repository() const { return repository_; }
  const JobForm& form() const { return kind_.form; }
  JobQueue queue() const { return kind_.queue; }
  const std::shared_ptr<JobSignals>& signals() const override { return signals_; }

  /// Writes the first record, durable.
  Status WriteStart(const std::string& owner);
  Status RemoveRecord();
  /// Runs the work, unless the job was stopped before, and frees it.
  void Work(const std::function<JobError(const Status&)>& describe);
  /// Writes what Work came to, once more after a failure if need be. kNotFound without a record.
  Status WriteEnd();
  /// Writes progress and time, once the record is there. Stops the job if somebody has ended it.
  void Renew();

  /// Work is over, but its end is not written.
  bool ended() const { return ended_; }
  void set_ended() { ended_ = true; }

  // JobProgress.
  void SetResult(std::string result) override { result_ = std::move(result); }
  Status StepDone() override;
  Status CheckGoesOn() override;

 private:
  using Change = std::function<Result<bool>(JobRecord*)>;
  Status Update(const Change& change);
  /// Stops the job if its record is gone.
  Status StopIfGone(Status status);

  Context& context_;
  const JobKind kind_;
  const refs::Repository repository_;
  const std::string id_;
  JobWork work_;
  const std::shared_ptr<JobSignals> signals_ = std::make_shared<JobSignals>();
  std::atomic<bool> recorded_ = false;  // The record is written.
  std::atomic<bool> ended_ = false;
  std::optional<std::string> result_;  // Of the thread that runs the work, until it ended.
  std::optional<JobError> error_;      // Likewise; nothing after success.
};

}  // namespace tarn::versioning
