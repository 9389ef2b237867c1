// The stored form of imports: message ImportStatusData, and while they run what another server
// needs to go on with them (docs/formats/kv.md). Level 6; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "refs/types.h"
#include "versioning/import/import.h"
#include "versioning/jobs/job.h"

namespace tarn::versioning {

std::string EncodeImport(const JobRecord& job);
/// kCorrupt for bytes that are no such record.
Result<JobRecord> DecodeImport(std::string_view bytes);

/// What was asked, as JobRecord::request.
std::string EncodeImportRequest(const ImportRequest& request);
/// kCorrupt.
Result<ImportRequest> DecodeImportRequest(std::string_view bytes);

/// What an import came to.
struct ImportResult {
  MetarangeId metarange;
  std::optional<refs::Commit> commit;
};
/// As the result of a job.
std::string EncodeImportResult(const ImportResult& result);
/// kCorrupt.
Result<ImportResult> DecodeImportResult(std::string_view bytes);

}  // namespace tarn::versioning
