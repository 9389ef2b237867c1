#include "versioning/jobs/running_job.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace tarn::versioning {

RunningJob::RunningJob(Context& context, const JobKind& kind, refs::Repository repository,
                       std::string id, JobWork work, std::string owner)
    : context_(context),
      kind_(kind),
      repository_(std::move(repository)),
      id_(std::move(id)),
      owner_(std::move(owner)),
      work_(std::move(work)) {}

Status RunningJob::WriteStart(std::string request) {
  JobRecord start;
  start.id = id_;
  start.updated = context_.clock.Now();
  start.operation = kind_.operation;
  start.owner = owner_;
  start.request = std::move(request);
  TARN_TRY(records::Create(context_.kv, form().records, repository_.partition(), id_, start));
  recorded_ = true;
  return {};
}

Status RunningJob::RemoveRecord() {
  return context_.kv.Delete(repository_.partition(), records::Key(form().records.prefix, id_));
}

Result<bool> RunningJob::Claim(JobRecord left, std::string_view bytes) {
  left.owner = owner_;
  ++left.takeovers;
  left.updated = context_.clock.Now();
  const Status claimed =
      context_.kv.SetIf(repository_.partition(), records::Key(form().records.prefix, id_),
                        form().records.encode(left), kv::Predicate::Equals(std::string(bytes)));
  if (claimed.code() == Code::kPredicateFailed) return false;
  TARN_TRY(claimed);
  finds_out_ = !left.intent.empty();
  recorded_ = true;
  return true;
}

void RunningJob::GiveAway(JobRecord* record) const {
  record->owner.clear();
  record->updated = context_.clock.Now();
}

void RunningJob::ForgetTakeover(JobRecord* record) {
  record->takeovers = std::max(0, record->takeovers - 1);
}

Status RunningJob::Release() {
  return Update([this](JobRecord* record) -> Result<bool> {
    if (!IsOurs(*record)) return false;
    GiveAway(record);
    ForgetTakeover(record);
    return true;
  });
}

void RunningJob::HandOver() {
  hand_over_ = true;
  signals_->stop = true;
}

void RunningJob::Work(const std::function<JobError(const Status&)>& describe) {
  const Status done = stop() ? Status(Code::kCancelled) : work_(*this);
  work_ = nullptr;
  if (done.ok()) return;
  cancelled_ = done.code() == Code::kCancelled;
  if (cancelled_) {
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
    if (error_ && !IsOurs(*record)) return false;
    // Who failed to find out whether a step was taken knows no end.
    const bool leave = cancelled_ ? hand_over_.load() : finds_out_;
    if (error_ && leave && !record->request.empty()) {
      GiveAway(record);
      // Whoever lets go of it in order is not one of those that die of it.
      if (cancelled_) ForgetTakeover(record);
      return true;
    }
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
  const Status renewed = UpdateOurs([](JobRecord*) {});
  if (renewed.ok()) return;
  TARN_LOG_WARN("{} record not renewed: repository={} id={} {}", form().name, repository_.id.str(),
                id_, renewed.ToString());
}

Status RunningJob::StepDone() {
  if (stop()) return Status(Code::kCancelled);
  TARN_TRY(UpdateOurs([this](JobRecord* record) {
    if (result_) record->result = result_;
  }));
  return stop() ? Status(Code::kCancelled) : Status();
}

Status RunningJob::Intend(std::string_view step) {
  if (stop()) return Status(Code::kCancelled);
  TARN_TRY(UpdateOurs([&](JobRecord* record) { record->intent = step; }));
  return stop() ? Status(Code::kCancelled) : Status();
}

Status RunningJob::UpdateOurs(const std::function<void(JobRecord*)>& edit) {
  return StopIfGone(Update([&](JobRecord* record) -> Result<bool> {
    if (!IsOurs(*record)) {
      signals_->stop = true;  // Cancelled, taken over by another server, or it has just ended.
      return false;
    }
    record->progress = signals_->progress;
    record->updated = context_.clock.Now();
    edit(record);
    return true;
  }));
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
