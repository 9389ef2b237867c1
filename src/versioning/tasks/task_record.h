// Stored form of tasks and of the heartbeats of their owners (docs/formats/kv.md). Level 6; pure
// functions. Internal to the task runner.
#pragma once

#include <string>
#include <string_view>

#include "versioning/tasks/tasks.h"

namespace tarn::versioning {

/// What tells the kinds apart.
struct TaskKindRow {
  std::string_view id_prefix;
  std::string_view operation;
};
const TaskKindRow& RowOf(TaskKind kind);

/// A new id: the prefix of its kind and 20 random characters.
std::string NewTaskId(TaskKind kind, Random& random);
/// True if `id` looks like one of that kind.
bool IsTaskId(TaskKind kind, std::string_view id);

/// `operation` is kept from the stored record when there is one.
std::string EncodeTask(const TaskStatus& task, std::string_view operation);
struct StoredTask {
  TaskStatus task;
  std::string operation;
};
Result<StoredTask> DecodeTask(std::string_view bytes);

std::string EncodeHeartbeat(Timestamp now);
Result<Timestamp> DecodeHeartbeat(std::string_view bytes);

}  // namespace tarn::versioning
