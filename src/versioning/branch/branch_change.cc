#include "versioning/branch/branch_change.h"

#include "versioning/branch/hooked_commit.h"

namespace tarn::versioning {
namespace {

Status NoChanges() { return Status(Code::kNoChanges, "no changes"); }

Result<MetarangeId> MergeOnto(Context& context, const refs::Repository& repository,
                              const MetarangeId& head, const TreeChange& change) {
  const bool may_be_empty = change.if_empty == EmptyChange::kAllowed;
  if (change.from == change.to && !may_be_empty) return NoChanges();
  if (head == change.from) return change.to;
  TARN_TRY_ASSIGN(MetarangeId merged,
                  context.committed.Merge(repository.storage_namespace, change.from, change.to,
                                          head, change.strategy));
  if (change.if_empty == EmptyChange::kRefuseNoEffect && merged == head) return NoChanges();
  return merged;
}

}  // namespace

Result<refs::Commit> CommitChange(Context& context, const refs::Repository& repository,
                                  const BranchChange& request, const ChangeFn& change) {
  HookCall hook{.event = request.before,
                .repository = repository,
                .branch = request.branch.view(),
                .merge_source = request.merge_source};
  BranchCommitOptions options;
  options.error_prefix = request.error_prefix;
  options.hook_point = request.hook_point;
  options.before_update = request.before_move;
  HookedCommit hooked(context, hook, request.after);
  hooked.AddTo(&options, AskBefore::kYes);
  const auto build = [&](const BranchState& state, refs::Commit* next) -> Status {
    TARN_TRY_ASSIGN(const TreeChange what, change(state, next));
    hook.source_ref = what.hook_ref;
    TARN_TRY_ASSIGN(next->metarange, MergeOnto(context, repository, state.head.metarange, what));
    return Status();
  };
  TARN_TRY_ASSIGN(refs::Commit commit,
                  CommitToBranch(context, repository, request.branch, build, options));
  hooked.Committed(commit);
  return commit;
}

Result<MetarangeId> TreeOfParent(Context& context, const refs::Repository& repository,
                                 const refs::Commit& commit, size_t position) {
  TARN_TRY_ASSIGN(const auto parent,
                  context.refs.GetCommit(repository, commit.parents.at(position - 1)));
  return parent->metarange;
}

}  // namespace tarn::versioning
