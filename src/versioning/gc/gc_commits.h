// Which commits garbage collection keeps: the list of active commits that the collector reads
// (docs/formats/gc.md). Level 6; thread-safe functions that wait.
#pragma once

#include <string>

#include "versioning/context.h"
#include "versioning/jobs/job.h"

namespace tarn::versioning {

/// Where a run's list lies, and where the collector may write.
struct GcCommitsRun {
  std::string run_id;            ///< xid, newest first.
  std::string commits_address;   ///< Of the list, relative to the namespace.
  std::string commits_location;  ///< The same as a full address.
  std::string addresses_location;
};

/// Writes the list. kReadOnlyRepository; kNotFound ("get gc rules: not found") without rules.
Result<GcCommitsRun> PrepareGcCommits(Context& context, const refs::Repository& repository);

/// The same as a task.
JobWork PrepareGcCommitsTask(Context& context, refs::Repository repository);
/// What the task found out; kCorrupt.
Result<GcCommitsRun> DecodeGcCommitsInfo(const Context& context, std::string_view info);

}  // namespace tarn::versioning
