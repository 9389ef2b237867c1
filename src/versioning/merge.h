// Merge of a ref into a branch: always makes a commit. Level 6.
#pragma once

#include <functional>
#include <string>

#include "versioning/context.h"

namespace tarn::versioning {

struct MergeRequest {
  std::string source;  ///< Ref expression.
  BranchId destination;
  std::string committer;
  std::string message;  ///< Empty: "Merge '<source>' into '<destination>'".
  Metadata metadata;
  std::string strategy;  ///< "", "dest-wins", "source-wins".
  bool force = false, allow_empty = false, squash = false;
  /// If set, called with the merge commit right before the branch moves; an error ends the merge.
  std::function<Status(const refs::Commit&)> before_move = {};
};
/// kConflict, kNoChanges, kDirtyBranch with the texts of the reference.
Result<refs::Commit> Merge(Context& context, const refs::Repository& repository,
                           const MergeRequest& request);

}  // namespace tarn::versioning
