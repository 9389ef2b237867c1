// The work of one import, from the walk to the commit. Level 6; one thread per import.
#pragma once

#include <memory>
#include <string>

#include "versioning/import/import.h"
#include "versioning/import/import_batch.h"

namespace tarn::versioning {

/// Walks, writes ranges, commits to the branch. kCancelled when `control` said stop. Messages are
/// those of the status record: "error on ingest: ...", "write range: ...", "create metarange: ...",
/// "merge import: ...".
Result<refs::Commit> RunImport(Context& context, const refs::Repository& repository,
                               const ImportRequest& request,
                               const std::shared_ptr<ImportControl>& control);

}  // namespace tarn::versioning
