// Import: a walk over existing objects becomes a commit, without copying a byte.
//
// A job (jobs/job_engine.h) with bounded memory: parallel walks and hashing, sorted streams merged
// into ranges, one commit. Level 6; thread-safe functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "versioning/context.h"
#include "versioning/jobs/job_engine.h"

namespace tarn::versioning {

enum class ImportLocationType : uint8_t { kCommonPrefix, kObject };

struct ImportLocation {
  ImportLocationType type = ImportLocationType::kCommonPrefix;
  std::string path;         ///< Source URI.
  std::string destination;  ///< Key prefix, or the key itself for kObject.
};

struct ImportRequest {
  BranchId branch;
  std::vector<ImportLocation> locations;
  std::string committer;
  std::string message;  ///< Empty: "Import objects".
  Metadata metadata;
  bool force = false;
};

struct ImportStatus {
  std::string id;
  bool completed = false;
  Timestamp updated;
  int64_t ingested_objects = 0;
  MetarangeId metarange;               ///< Set when completed.
  std::optional<refs::Commit> commit;  ///< Set when completed.
  std::string error;                   ///< Stored text; shown with "import error: " before it.
};

/// Checks the request and starts the job; returns the import's id. kForbidden ("import is not
/// supported for this storage"), kBranchNotFound, kInvalidValue (a source that overlaps the
/// repository's namespace), kSlowDown (too many imports wait).
Result<std::string> StartImport(Context& context, JobEngine& jobs,
                                const refs::Repository& repository, ImportRequest request);
/// The work of an import that another server has left (JobKind::resume): all of it, or, where that
/// one was about to move the branch, the look whether it has. If it has not, kCancelled: it may
/// yet.
JobWork ResumeImport(Context& context, const refs::Repository& repository, const JobRecord& left);
/// kNotFound for an unknown id.
Result<ImportStatus> GetImport(JobEngine& jobs, const refs::Repository& repository,
                               std::string_view id);
/// Marks an import cancelled: it will not commit. kConflict ("conflict found") when it is complete.
Status CancelImport(JobEngine& jobs, const refs::Repository& repository, std::string_view id);

}  // namespace tarn::versioning
