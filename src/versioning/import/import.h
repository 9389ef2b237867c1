// Import: a walk over existing objects becomes a commit, without copying a byte.
//
// Start writes a durable status record and returns; the work runs on a pool of its own with bounded
// memory: parallel walks and hashing, sorted streams merged into ranges, one commit. The record
// carries an owner lease, so that an import whose server died reports its failure. Level 6;
// Importer is thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/background_pool.h"
#include "versioning/context.h"

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

struct ImporterOptions {
  /// How often records of running imports are written.
  int64_t heartbeat_ms = 1000;
  /// An import of another server counts as dead when its record did not change for so long. 0: the
  /// KV belongs to this process alone, so imports of others are dead at once.
  int64_t lease_ms = 0;
};

class Importer {
 public:
  /// `pool` runs imports, their repository being the owner; it outlives the importer.
  Importer(Context& context, runtime::BackgroundPool& pool, ImporterOptions options = {});
  /// Asks running imports to stop, waits for them and marks them as interrupted.
  ~Importer();

  /// Checks the request and writes the record; returns the import's id. kForbidden ("import is not
  /// supported for this storage"), kBranchNotFound, kInvalidValue (a source that overlaps the
  /// repository's namespace), kSlowDown (too many imports wait).
  Result<std::string> Start(const refs::Repository& repository, ImportRequest request);
  /// kNotFound for an unknown id.
  Result<ImportStatus> GetStatus(const refs::Repository& repository, std::string_view id);
  /// Marks an import cancelled by compare-and-set; kConflict ("conflict found") when it is
  /// complete.
  Status Cancel(const refs::Repository& repository, std::string_view id);
  /// Fails imports whose owner is gone and removes records older than a day. At start and
  /// periodically.
  Status Recover();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::versioning
