// Reset: drops uncommitted changes of a branch, all, below a prefix, or of one path; and hard
// reset, which sets a branch to another commit. Level 6.
#pragma once

#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// Drops all uncommitted changes. A commit that is under way finds nothing to commit.
Status ResetBranch(Context& context, const refs::Repository& repository, const BranchId& branch,
                   bool force);
/// Drops the changes of all paths that start with `prefix`, at once; "" means all changes.
Status ResetPrefix(Context& context, const refs::Repository& repository, const BranchId& branch,
                   std::string_view prefix, bool force);
/// Drops the change of one path; a path without any is success.
Status ResetPath(Context& context, const refs::Repository& repository, const BranchId& branch,
                 std::string_view path, bool force);

/// Sets the branch to the commit that `ref` names, seen from the head that is replaced. Uncommitted
/// changes stay and count from the new head; staged records that change nothing at the old head go.
/// Changes that a failed commit left sealed forbid it: kDirtyBranch.
Status HardResetBranch(Context& context, const refs::Repository& repository, const BranchId& branch,
                       std::string_view ref, bool force);

}  // namespace tarn::versioning
