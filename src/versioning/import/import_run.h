// The work of one import, from the walk to the commit. Level 6; one thread per import.
#pragma once

#include "versioning/import/import.h"

namespace tarn::versioning {

/// Walks, writes ranges, commits to the branch. kCancelled when `progress` said so. Messages are
/// those of the record: "error on ingest: ...", "write range: ...", "create metarange: ...",
/// "merge import: ...".
Result<refs::Commit> RunImport(Context& context, const refs::Repository& repository,
                               const ImportRequest& request, JobProgress& progress);
/// Writes when the repository was last imported into; a failure is logged.
void NoteImportTime(Context& context, const refs::Repository& repository,
                    const refs::Commit& commit);

}  // namespace tarn::versioning
