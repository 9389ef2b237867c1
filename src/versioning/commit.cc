#include "versioning/commit.h"

#include "refs/names.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/hooked_commit.h"
#include "versioning/branch/protection.h"
#include "versioning/commit_record.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kSourceMetarangeOnDirty =
    "cannot use source MetaRange on a branch with uncommitted changes";

Status NoChanges() { return Status(Code::kNoChanges, "commit: no changes"); }

/// Refuses before anything is sealed, so that pointless commits leave no trace.
Status CheckHasChanges(Context& context, const refs::Repository& repository,
                       const CommitRequest& request) {
  if (request.allow_empty || request.source_metarange) return Status();
  TARN_TRY_ASSIGN(const refs::Branch branch, context.refs.GetBranch(repository, request.branch));
  TARN_TRY_ASSIGN(const bool changed,
                  HasChanges(context, repository, branch.commit, branch.tokens()));
  return changed ? Status() : NoChanges();
}

class CommitBuilder {
 public:
  CommitBuilder(Context& context, const refs::Repository& repository, const CommitRequest& request)
      : context_(context), repository_(repository), request_(request) {}

  /// What the request says of the commit.
  Status Describe(refs::Commit* next) const {
    next->committer = request_.committer;
    next->message = request_.message;
    next->metadata = request_.metadata;
    if (request_.date_seconds) next->created = {*request_.date_seconds, 0};
    return Status();
  }

  /// Who listens at the branch.
  Result<Listening> RunPrepareHook() const {
    HookRunner* const runner = FindHook(context_, repository_, HookEvent::kPrepareCommit);
    if (runner == nullptr) return Listening::kNobody;
    refs::Commit planned;
    planned.created = context_.clock.Now();
    TARN_TRY(Describe(&planned));
    HookCall call{.event = HookEvent::kPrepareCommit,
                  .repository = repository_,
                  .source_ref = request_.branch.view(),
                  .branch = request_.branch.view(),
                  .commit = &planned};
    TARN_TRY_ASSIGN(const Listening heard, HearPreHook(context_, *runner, &call));
    if (heard == Listening::kThisEvent) TARN_TRY(RunHeardPreHook(*runner, &call));
    return heard;
  }

  Status Build(const BranchState& state, refs::Commit* next) {
    if (request_.source_metarange) {
      next->metarange = *request_.source_metarange;
      return Status();
    }
    TARN_TRY_ASSIGN(const auto changes, context_.staging.Iterate(state.sealed));
    TARN_TRY_ASSIGN(auto applied, context_.committed.Apply(repository_.storage_namespace,
                                                           state.head.metarange, *changes));
    if (applied.total() == 0 && !request_.allow_empty) return NoChanges();
    next->metarange = std::move(applied.metarange);
    return Status();
  }

 private:
  Context& context_;
  const refs::Repository& repository_;
  const CommitRequest& request_;
};

Result<refs::Commit> CommitAllowed(Context& context, const refs::Repository& repository,
                                   const CommitRequest& request) {
  CommitBuilder builder(context, repository, request);
  TARN_TRY_ASSIGN(const Listening heard, builder.RunPrepareHook());
  if (request.source_metarange) {
    TARN_TRY(context.refs.GetBranch(repository, request.branch));
    TARN_TRY(CheckTreeExists(context, repository, *request.source_metarange));
  }
  // Where somebody may listen to the event before the commit, that comes first.
  if (heard == Listening::kNobody) TARN_TRY(CheckHasChanges(context, repository, request));

  BranchCommitOptions options;
  if (request.source_metarange) {
    options.dirty_message = kSourceMetarangeOnDirty;
  } else {
    options.staged = StagedChanges::kTake;
  }
  options.describe = [&](const BranchState&, refs::Commit* next) { return builder.Describe(next); };
  HookCall hook{.event = HookEvent::kPreCommit,
                .repository = repository,
                .source_ref = request.branch.view(),
                .branch = request.branch.view()};
  // Found out above, so that where nobody listens nothing is looked for again.
  HookedCommit hooked(context, hook, HookEvent::kPostCommit);
  hooked.AddTo(&options, heard == Listening::kNobody ? AskBefore::kNo : AskBefore::kYes);
  options.hook_point = HookPoint::kDescribed;
  TARN_TRY_ASSIGN(refs::Commit commit, CommitToBranch(
                                           context, repository, request.branch,
                                           [&](const BranchState& state, refs::Commit* next) {
                                             return builder.Build(state, next);
                                           },
                                           options));
  hooked.Committed(commit);
  return commit;
}

}  // namespace

Result<refs::Commit> Commit(Context& context, const refs::Repository& repository,
                            const CommitRequest& request) {
  TARN_TRY(refs::CheckBranchId("branch", request.branch));
  TARN_TRY(CheckUnprotected(context, repository, request.branch, BlockedAction::kCommit));
  TARN_TRY(CheckWritable(repository, request.force));
  Result<refs::Commit> made = CommitAllowed(context, repository, request);
  // The reference looks for action files first, and fails there, before any hook.
  if (made.code() == Code::kBranchNotFound && !repository.read_only) {
    return MissingActionSource(context, HookEvent::kPrepareCommit);
  }
  return made;
}

Status CreateCommitRecord(Context& context, const refs::Repository& repository,
                          const refs::Commit& commit, bool force) {
  TARN_TRY(CheckWritable(repository, force));
  if (refs::ComputeCommitId(commit) != commit.id) {
    return Status(Code::kInvalidValue, "commit id: invalid value: validation error");
  }
  const auto existing = context.refs.GetCommit(repository, commit.id);
  if (existing.ok()) return Status(Code::kNotUnique, "commit already exists: not unique");
  if (existing.code() != Code::kCommitNotFound) return existing.status();
  const auto find_parent = [&](const CommitId& id) -> Result<refs::Commit> {
    TARN_TRY_ASSIGN(const auto parent, context.refs.GetCommit(repository, id));
    return *parent;
  };
  TARN_TRY_ASSIGN(const int32_t below, CheckCommitRecord(context, repository, commit, find_parent));
  // Merges look for their base by generations.
  if (commit.generation <= below) return InvalidGeneration(commit);
  return ToStatus(context.refs.AddCommit(repository, commit));
}

}  // namespace tarn::versioning
