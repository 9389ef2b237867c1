#include "versioning/jobs/running_job.h"

#include <utility>

#include "base/log.h"

namespace tarn::versioning {

RunningJob::RunningJob(Context& context, const JobKind& kind, refs::Repository repository,
                       std::string id, JobWork work)
    : context_(context),
      kind_(kind),
      repository_(std::move(repository)),
      id_(std::move(id)),
      work_(std::move(work)) {}

Status RunningJob::WriteStart(const std::string& owner) {
  JobRecord start;
  start.id = id_;
  start.updated = context_.clock.Now();
  start.operation = kind_.operation;
  if (form().lease == JobLease::kOwner) start.owner = owner;
  TARN_TRY(records::Create(context_.kv, form().records, repository_.partition(), id_, start));
  recorded_ = true;
  return {};
}

Status RunningJob::RemoveRecord() {
  return context_.kv.Delete(repository_.partition(), records::Key(form().records.prefix, id_));
}

void RunningJob::Work(const std::function<JobError(const Status&)>& describe) {
  const Status done = stop() ? Status(Code::kCancelled) : work_(*this);
  work_ = nullptr;
  if (done.ok()) return;
  if (done.code() == Code::kCancelled) {
    error_ = {std::string(form().interrupted), form().interrupted_code};
  } else if (form().has_status_code && describe) {
    error_ = describe(done);
  } else {
    error_ = {std::string(done.message()), 0};
  }
  // A failure without words would look like a job that goes on.
  if (error_->text.empty()) error_->text = CodeName(done.code());
}

Status RunningJob::WriteEnd() {
  return Update([this](JobRecord* record) -> Result<bool> {
    if (error_ && record->state != JobState::kRunning) return false;
    // What is done is done: that is the truth, even if a cancellation came in between, or somebody
    // took the owner for dead.
    if (record->state == JobState::kDone) return false;
    record->state = error_ ? JobState::kFailed : JobState::kDone;
    record->error = error_.value_or(JobError());
    record->progress = signals_->progress;
    record->updated = context_.clock.Now();
    if (result_) record->result = result_;
    return true;
  });
}

void RunningJob::Renew() {
  if (!recorded_) return;
  const Status renewed = StopIfGone(Update([this](JobRecord* record) -> Result<bool> {
    if (record->state != JobState::kRunning) {
      signals_->stop = true;  // Cancelled by way of another server, or it has just ended.
      return false;
    }
    record->progress = signals_->progress;
    record->updated = context_.clock.Now();
    return true;
  }));
  if (renewed.ok()) return;
  TARN_LOG_WARN("{} record not renewed: repository={} id={} {}", form().name, repository_.id.str(),
                id_, renewed.ToString());
}

Status RunningJob::StepDone() {
  if (stop()) return Status(Code::kCancelled);
  TARN_TRY(StopIfGone(Update([this](JobRecord* record) -> Result<bool> {
    if (record->state != JobState::kRunning) {
      signals_->stop = true;
      return false;
    }
    record->progress = signals_->progress;
    record->updated = context_.clock.Now();
    if (result_) record->result = result_;
    return true;
  })));
  return stop() ? Status(Code::kCancelled) : Status();
}

Status RunningJob::CheckGoesOn() {
  if (stop()) return Status(Code::kCancelled);
  const auto record = records::Get(context_.kv, form().records, repository_.partition(), id_);
  TARN_TRY(StopIfGone(record.status()));
  if (record->state != JobState::kRunning) signals_->stop = true;
  return stop() ? Status(Code::kCancelled) : Status();
}

Status RunningJob::Update(const Change& change) {
  return records::Update(context_.kv, context_.random, form().records, repository_.partition(), id_,
                         change);
}

Status RunningJob::StopIfGone(Status status) {
  if (status.code() != Code::kNotFound) return status;
  signals_->stop = true;
  return Status(Code::kCancelled);
}

}  // namespace tarn::versioning
