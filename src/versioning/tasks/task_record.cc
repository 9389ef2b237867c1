#include "versioning/tasks/task_record.h"

#include <array>

#include "codec/utf8.h"
#include "codec/wire.h"
#include "proto/catalog.pb.h"
#include "records/layout.h"
#include "records/message.h"

namespace tarn::versioning {
namespace {

constexpr int kIdRandomLength = 20;
// Of every message of a task's status: field 1 is the Task, field 2 what it found out.
constexpr uint32_t kInfoField = 2;

constexpr std::array<TaskKindRow, 3> kKinds = {{
    {"DR", "dump_refs"},
    {"RR", "restore_refs"},
    {"GCPC", "gc_prepare_commits"},
}};

}  // namespace

const TaskKindRow& RowOf(TaskKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::string NewTaskId(TaskKind kind, Random& random) {
  return records::Key(RowOf(kind).id_prefix, NewNanoId(random, kIdRandomLength));
}

bool IsTaskId(TaskKind kind, std::string_view id) {
  const std::string_view prefix = RowOf(kind).id_prefix;
  return id.starts_with(prefix) && id.size() == prefix.size() + kIdRandomLength;
}

std::string EncodeTask(const TaskStatus& task, std::string_view operation) {
  catalog::TaskMsg message;
  catalog::Task& out = *message.mutable_task();
  out.set_id(task.id);
  out.set_done(task.done);
  records::SetTime(task.updated, out.mutable_updated_at());
  out.set_error_msg(ReplaceInvalidUtf8(task.error));
  out.set_status_code(task.status_code);
  out.set_operation(std::string(operation));
  out.set_owner_instance_id(task.owner);
  std::string bytes = records::Serialize(message);
  if (task.info) AppendBytesFieldAlways(&bytes, kInfoField, *task.info);
  return bytes;
}

Result<StoredTask> DecodeTask(std::string_view bytes) {
  catalog::TaskMsg message;
  TARN_TRY(records::Parse(bytes, "task", &message));
  const catalog::Task& in = message.task();
  StoredTask stored;
  TaskStatus& task = stored.task;
  task.id = in.id();
  task.done = in.done();
  task.updated = records::GetTime(in.updated_at());
  task.error = in.error_msg();
  task.status_code = in.status_code();
  task.owner = in.owner_instance_id();
  stored.operation = in.operation();
  WireReader reader(bytes);
  for (WireField field; reader.Next(&field);) {
    if (field.is_bytes(kInfoField)) task.info = field.bytes;
  }
  return stored;
}

std::string EncodeHeartbeat(Timestamp now) {
  catalog::InstanceHeartbeat message;
  records::SetTime(now, message.mutable_updated_at());
  return records::Serialize(message);
}

Result<Timestamp> DecodeHeartbeat(std::string_view bytes) {
  catalog::InstanceHeartbeat message;
  TARN_TRY(records::Parse(bytes, "heartbeat", &message));
  return records::GetTime(message.updated_at());
}

}  // namespace tarn::versioning
