// Revert: undoes a commit of any place in the history by a new commit on a branch. Level 6.
#pragma once

#include <string>

#include "versioning/branch/branch_change.h"

namespace tarn::versioning {

struct RevertRequest {
  BranchId branch;
  std::string ref;            ///< The commit to undo.
  int64_t parent_number = 0;  ///< 1-based: what to go back to; 0: the only parent.
  std::string committer;
  CommitOverrides overrides;  ///< Defaults: "Revert <ref>", no metadata.
  bool allow_empty = false, force = false;
};
/// kRevertNeedsParent for a merge without a parent number; kParentOutOfRange; kConflict,
/// kNoChanges, kDirtyBranch with the texts of the reference.
Result<refs::Commit> Revert(Context& context, const refs::Repository& repository,
                            const RevertRequest& request);

}  // namespace tarn::versioning
