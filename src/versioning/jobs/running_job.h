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
  /// `owner` is the name of this server.
  RunningJob(Context& context, const JobKind& kind, refs::Repository repository, std::string id,
             JobWork work, std::string owner);

  const std::string& id() const { return id_; }
  const refs::Repository& repository() const { return repository_; }
  const JobForm& form() const { return kind_.form; }
  JobQueue queue() const { return kind_.queue; }
  const std::shared_ptr<JobSignals>& signals() const override { return signals_; }

  /// Writes the first record, durable. `request` as JobRecord has it.
  Status WriteStart(std::string request);
  Status RemoveRecord();
  /// Takes the job over from an owner that has left it as `left`, whose stored form is `bytes`.
  /// False if somebody was faster.
  Result<bool> Claim(JobRecord left, std::string_view bytes);
  /// Leaves the job to whoever comes, as it was found.
  Status Release();
  /// Stops it; whoever comes may go on with it.
  void HandOver();
  /// Runs the work, unless the job was stopped before, and frees it.
  void Work(const std::function<JobError(const Status&)>& describe);
  /// Writes what Work came to, once more after a failure if need be. kNotFound without a record.
  Status WriteEnd();
  /// Writes progress and time, once the record is there. Stops the job if somebody has ended it or
  /// taken it over.
  void Renew();

  /// Work is over, but its end is not written.
  bool ended() const { return ended_; }
  void set_ended() { ended_ = true; }

  // JobProgress.
  void SetResult(std::string result) override { result_ = std::move(result); }
  Status StepDone() override;
  Status Intend(std::string_view step) override;

 private:
  using Change = std::function<Result<bool>(JobRecord*)>;
  Status Update(const Change& change);
  /// Writes progress, time and what `edit` changes, or stops the job if it is another's by now.
  Status UpdateOurs(const std::function<void(JobRecord*)>& edit);
  bool IsOurs(const JobRecord& record) const {
    return record.state == JobState::kRunning && record.owner == owner_;
  }
  void GiveAway(JobRecord* record) const;
  static void ForgetTakeover(JobRecord* record);
  /// Stops the job if its record is gone.
  Status StopIfGone(Status status);

  Context& context_;
  const JobKind kind_;
  const refs::Repository repository_;
  const std::string id_;
  const std::string owner_;
  JobWork work_;
  const std::shared_ptr<JobSignals> signals_ = std::make_shared<JobSignals>();
  std::atomic<bool> recorded_ = false;  // The record is written.
  std::atomic<bool> ended_ = false;
  std::atomic<bool> hand_over_ = false;
  bool finds_out_ = false;             // Whether the owner before took a step. Set before the work.
  bool cancelled_ = false;             // Of the thread that runs the work, until it ended.
  std::optional<std::string> result_;  // Likewise.
  std::optional<JobError> error_;      // Likewise; nothing after success.
};

}  // namespace tarn::versioning
