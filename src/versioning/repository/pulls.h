// Opening, changing and merging pull requests (reference: 18. Pull requests). Level 6.
#pragma once

#include <optional>
#include <string>

#include "refs/pulls.h"
#include "versioning/context.h"

namespace tarn::versioning {

struct CreatePullRequest {
  BranchId source, destination;
  std::string title, description;
  std::string author;
};
/// Both branches must exist and differ; several requests for the same two are fine. kInvalidValue,
/// kBranchNotFound.
Result<refs::Pull> CreatePull(Context& context, const refs::Repository& repository,
                              const CreatePullRequest& request);

/// Records the merges of pull requests whose server died after the branch had moved and before the
/// request was marked. For whoever reads or changes requests, or takes commits out of the history
/// of a branch, before; it costs one scan of nothing.
Status SettleMerges(Context& context, const refs::Repository& repository);

/// What to change; absent: stays.
struct PullChange {
  std::optional<std::string> title, description;
  std::optional<refs::PullStatus> status;  ///< Any may follow any.
};
/// kPullRequestNotFound.
Status UpdatePull(Context& context, const refs::Repository& repository, std::string_view id,
                  const PullChange& change);

/// Merges source into destination with the default message, then marks the request as merged.
/// kInvalidValue "bad pull request status" if it is not open; errors of Merge.
Result<refs::Commit> MergePull(Context& context, const refs::Repository& repository,
                               std::string_view id, const std::string& committer);

}  // namespace tarn::versioning
