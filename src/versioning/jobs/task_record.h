// The stored form of tasks: a Task, and what it found out (docs/formats/kv.md). Level 6; pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "versioning/jobs/job.h"

namespace tarn::versioning {

std::string EncodeTask(const JobRecord& job);
/// kCorrupt for bytes that are no such record.
Result<JobRecord> DecodeTask(std::string_view bytes);

}  // namespace tarn::versioning
