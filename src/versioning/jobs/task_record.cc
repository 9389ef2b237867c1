#include "versioning/jobs/task_record.h"

#include "codec/utf8.h"
#include "codec/wire.h"
#include "proto/catalog.pb.h"
#include "records/message.h"

namespace tarn::versioning {
namespace {

// Of every message of a task's status: field 1 is the Task, field 2 what it found out.
constexpr uint32_t kInfoField = 2;

}  // namespace

std::string EncodeTask(const JobRecord& job) {
  catalog::TaskMsg message;
  catalog::Task& out = *message.mutable_task();
  out.set_id(job.id);
  out.set_done(job.state != JobState::kRunning);
  records::SetTime(job.updated, out.mutable_updated_at());
  out.set_progress(job.progress);
  out.set_error_msg(ReplaceInvalidUtf8(job.error.text));
  out.set_status_code(job.error.status_code);
  out.set_operation(job.operation);
  out.set_owner_instance_id(job.owner);
  std::string bytes = records::Serialize(message);
  if (job.result) AppendBytesFieldAlways(&bytes, kInfoField, *job.result);
  return bytes;
}

Result<JobRecord> DecodeTask(std::string_view bytes) {
  catalog::TaskMsg message;
  TARN_TRY(records::Parse(bytes, "task", &message));
  const catalog::Task& in = message.task();
  JobRecord job;
  job.id = in.id();
  job.updated = records::GetTime(in.updated_at());
  job.progress = in.progress();
  job.error = {in.error_msg(), in.status_code()};
  job.operation = in.operation();
  job.owner = in.owner_instance_id();
  if (in.done()) job.state = in.error_msg().empty() ? JobState::kDone : JobState::kFailed;
  WireReader reader(bytes);
  for (WireField field; reader.Next(&field);) {
    if (field.is_bytes(kInfoField)) job.result = field.bytes;
  }
  return job;
}

}  // namespace tarn::versioning
