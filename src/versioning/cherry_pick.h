// Cherry-pick: repeats on a branch what a commit of another place changed. Level 6.
#pragma once

#include <optional>
#include <string>

#include "versioning/branch/branch_change.h"

namespace tarn::versioning {

struct CherryPickRequest {
  BranchId branch;
  std::string ref;                       ///< The commit to repeat.
  std::optional<int64_t> parent_number;  ///< 1-based: the parent whose difference counts.
  std::string committer;
  CommitOverrides overrides;  ///< Defaults: those of the picked commit.
  bool force = false;
};
/// The new commit; its metadata tells the origin. kInvalidValue, kParentOutOfRange, kConflict,
/// kDirtyBranch; kNoChanges only if the picked commit changed nothing.
Result<refs::Commit> CherryPick(Context& context, const refs::Repository& repository,
                                const CherryPickRequest& request);

}  // namespace tarn::versioning
