#include "versioning/repository/pulls.h"

#include "records/list.h"
#include "refs/names.h"
#include "versioning/branch/branches.h"
#include "versioning/merge.h"

namespace tarn::versioning {
namespace {

/// Of the note of a merge that is about to move its branch. Each has its own, for several servers
/// may merge one request. The record is the request as it will be.
std::string NoteKey(std::string_view id, const CommitId& merged) {
  return records::Key(records::kPullMergePrefix, id, "/", merged.view());
}

Status ForgetNotes(Context& context, const refs::Repository& repository, std::string_view id) {
  return context.kv.Drop(repository.partition(), records::Key(records::kPullMergePrefix, id));
}

Status MarkMerged(Context& context, const refs::Repository& repository, std::string_view id,
                  const CommitId& merged, bool only_open) {
  TARN_TRY(refs::UpdatePull(context.kv, context.random, repository, id, [&](refs::Pull* pull) {
    if (only_open && pull->status != refs::PullStatus::kOpen) return Status();
    pull->status = refs::PullStatus::kMerged;
    pull->merge_commit = merged;
    pull->closed = context.clock.Now();
    return Status();
  }));
  return ForgetNotes(context, repository, id);
}

}  // namespace

Status SettleMerges(Context& context, const refs::Repository& repository) {
  const auto settle = [&](std::string_view, std::string_view bytes) -> Status {
    TARN_TRY_ASSIGN(const refs::Pull pull, refs::DecodePull(bytes));
    if (!pull.merge_commit) return Status();
    TARN_TRY_ASSIGN(const refs::Pull now, refs::GetPull(context.kv, repository, pull.id));
    if (now.status != refs::PullStatus::kOpen) return ForgetNotes(context, repository, pull.id);
    TARN_TRY_ASSIGN(const bool merged,
                    HasInHistory(context, repository, pull.destination, *pull.merge_commit));
    if (!merged) return Status();
    return MarkMerged(context, repository, pull.id, *pull.merge_commit, /*only_open=*/true);
  };
  return records::ForEachRecord(context.kv, repository.partition(), records::kPullMergePrefix,
                                settle);
}

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
  pull.id = context.xids.NewDescending(kDescendingEpoch);
  pull.created = context.clock.Now();
  pull.title = request.title;
  pull.description = request.description;
  pull.author = request.author;
  pull.source = request.source;
  pull.destination = request.destination;
  TARN_TRY(refs::CreatePull(context.kv, repository, pull));
  return pull;
}

Status UpdatePull(Context& context, const refs::Repository& repository, std::string_view id,
                  const PullChange& change) {
  TARN_TRY(refs::CheckPullId("pullRequestID", id));
  TARN_TRY(SettleMerges(context, repository));
  return refs::UpdatePull(context.kv, context.random, repository, id, [&](refs::Pull* pull) {
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
  TARN_TRY(SettleMerges(context, repository));
  TARN_TRY_ASSIGN(refs::Pull pull, refs::GetPull(context.kv, repository, id));
  if (pull.status != refs::PullStatus::kOpen) {
    return Status(Code::kInvalidValue, "bad pull request status");
  }
  const auto note_merge = [&](const refs::Commit& commit) {
    pull.merge_commit = commit.id;
    return context.kv.Set(repository.partition(), NoteKey(id, commit.id), refs::EncodePull(pull));
  };
  auto merged = Merge(context, repository,
                      {.source = pull.source.str(),
                       .destination = pull.destination,
                       .committer = committer,
                       .before_move = note_merge});
  if (!merged.ok()) return merged;
  // The merge is done, whatever happened to the request meanwhile.
  TARN_TRY(MarkMerged(context, repository, id, merged->id, /*only_open=*/false));
  return merged;
}

}  // namespace tarn::versioning
