#include "versioning/tasks/task_record.h"

#include <array>

#include "codec/utf8.h"
#include "codec/wire.h"
#include "proto/catalog.pb.h"
#include "refs/keys.h"
#include "refs/records.h"

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
  return refs::Key(RowOf(kind).id_prefix, NewNanoId(random, kIdRandomLength));
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
  out.mutable_updated_at()->set_seconds(task.updated.seconds);
  out.mutable_updated_at()->set_nanos(task.updated.nanos);
  out.set_error_msg(ReplaceInvalidUtf8(task.error));
  out.set_status_code(task.status_code);
  out.set_operation(std::string(operation));
  out.set_owner_instance_id(task.owner);
  std::string bytes = refs::SerializeDeterministic(message);
  if (task.info) AppendBytesFieldAlways(&bytes, kInfoField, *task.info);
  return bytes;
}

Result<StoredTask> DecodeTask(std::string_view bytes) {
  catalog::TaskMsg message;
  TARN_TRY(refs::ParseMessage(bytes, "task", &message));
  const catalog::Task& in = message.task();
  StoredTask stored;
  TaskStatus& task = stored.task;
  task.id = in.id();
  task.done = in.done();
  task.updated = {in.updated_at().seconds(), in.updated_at().nanos()};
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
  message.mutable_updated_at()->set_seconds(now.seconds);
  message.mutable_updated_at()->set_nanos(now.nanos);
  return refs::SerializeDeterministic(message);
}

Result<Timestamp> DecodeHeartbeat(std::string_view bytes) {
  catalog::InstanceHeartbeat message;
  TARN_TRY(refs::ParseMessage(bytes, "heartbeat", &message));
  return Timestamp{message.updated_at().seconds(), message.updated_at().nanos()};
}

}  // namespace tarn::versioning
