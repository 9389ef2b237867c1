#include "versioning/pulls.h"

#include "refs/names.h"
#include "versioning/merge.h"

namespace tarn::versioning {

Result<refs::Pull> CreatePull(Context& context, const refs::Repository& repository,
                              const CreatePullRequest& request) {
  TARN_TRY(refs::CheckBranchId("dest", request.destination));
  TARN_TRY(refs::CheckBranchId("src", request.source));
  if (request.source == request.destination) {
    return Status(Code::kInvalidValue,
                  "source and destination branches are the same: same branch validation error");
  }
  TARN_TRY(context.refs.GetBranch(repository, request.destination));
  TARN_TRY(context.refs.GetBranch(repository, request.source));
  refs::Pull pull;
  pull.id = context.refs.xids().NewDescending(kDescendingEpoch);
  pull.created = context.clock.Now();
  pull.title = request.title;
  pull.description = request.description;
  pull.author = request.author;
  pull.source = request.source;
  pull.destination = request.destination;
  TARN_TRY(refs::CreatePull(context.refs, repository, pull));
  return pull;
}

Status UpdatePull(Context& context, const refs::Repository& repository, std::string_view id,
                  const PullChange& change) {
  TARN_TRY(refs::CheckPullId("pullRequestID", id));
  return refs::UpdatePull(context.refs, repository, id, [&](refs::Pull* pull) {
    if (change.title) pull->title = *change.title;
    if (change.description) pull->description = *change.description;
    if (change.status) {
      pull->status = *change.status;
      if (pull->status != refs::PullStatus::kOpen) pull->closed = context.clock.Now();
    }
    return Status();
  });
}

Result<refs::Commit> MergePull(Context& context, const refs::Repository& repository,
                               std::string_view id, const std::string& committer) {
  TARN_TRY(refs::CheckPullId("pullRequestID", id));
  TARN_TRY_ASSIGN(const refs::Pull pull, refs::GetPull(context.refs, repository, id));
  if (pull.status != refs::PullStatus::kOpen) {
    return Status(Code::kInvalidValue, "bad pull request status");
  }
  TARN_TRY_ASSIGN(refs::Commit merged, Merge(context, repository,
                                             {.source = pull.source.str(),
                                              .destination = pull.destination,
                                              .committer = committer}));
  // The merge is done, whatever happened to the request meanwhile.
  TARN_TRY(refs::UpdatePull(context.refs, repository, id, [&](refs::Pull* found) {
    found->status = refs::PullStatus::kMerged;
    found->merge_commit = merged.id;
    found->closed = context.clock.Now();
    return Status();
  }));
  return merged;
}

}  // namespace tarn::versioning
