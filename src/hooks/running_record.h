// The stored form of a run that is going on (docs/formats/kv.md). Level 7; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "hooks/live_run.h"

namespace tarn::hooks {

/// Of keys in the partition of a repository; the id of the run follows.
inline constexpr std::string_view kRunningPrefix = "tarn-running/";

struct RunningRecord {
  RunningRun running;
  Timestamp renewed;  ///< When its server wrote the record.
};

std::string EncodeRunning(const RunningRecord& record);
/// kCorrupt.
Result<RunningRecord> DecodeRunning(std::string_view bytes);

}  // namespace tarn::hooks
