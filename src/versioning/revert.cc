#include "versioning/revert.h"

#include "refs/names.h"
#include "versioning/branch/branches.h"
#include "versioning/dereference.h"

namespace tarn::versioning {
namespace {

Status CheckArguments(const RevertRequest& request) {
  TARN_TRY(refs::CheckBranchId("branch", request.branch));
  TARN_TRY(refs::CheckRef("ref", request.ref));
  if (request.parent_number >= 0) return Status();
  return Status(Code::kInvalidValue, "argument parentNumber: invalid value: validation error");
}

/// The tree that the undone commit was made from.
Result<MetarangeId> TreeBefore(Context& context, const refs::Repository& repository,
                               const refs::Commit& commit, int64_t parent_number) {
  const auto parents = static_cast<int64_t>(commit.parents.size());
  if (parents > 1 && parent_number == 0) {
    return Status(Code::kRevertNeedsParent,
                  "must specify 1-based parent number for reverting merge commit");
  }
  if (parent_number > parents) {
    return Status(Code::kParentOutOfRange,
                  "given commit does not have the given parent number: parent " +
                      std::to_string(parent_number));
  }
  if (parents == 0) return MetarangeId();
  return TreeOfParent(context, repository, commit,
                      parent_number == 0 ? 1 : static_cast<size_t>(parent_number));
}

}  // namespace

Result<refs::Commit> Revert(Context& context, const refs::Repository& repository,
                            const RevertRequest& request) {
  TARN_TRY(CheckArguments(request));
  TARN_TRY(CheckWritable(repository, request.force));
  TARN_TRY_ASSIGN(const refs::Commit undone,
                  DereferenceNamed(context, repository, "get commit from ref ", request.ref));
  TARN_TRY_ASSIGN(const MetarangeId before,
                  TreeBefore(context, repository, undone, request.parent_number));

  const auto change = [&](const BranchState&, refs::Commit* next) -> Result<TreeChange> {
    const CommitOverrides& overrides = request.overrides;
    next->committer = request.committer;
    next->message = overrides.message.empty() ? "Revert " + request.ref : overrides.message;
    next->metadata = overrides.metadata.value_or(Metadata());
    return TreeChange{
        .from = undone.metarange,
        .to = before,
        .hook_ref = request.branch.view(),
        .if_empty = request.allow_empty ? EmptyChange::kAllowed : EmptyChange::kRefuseNoEffect};
  };
  return CommitChange(context, repository,
                      {.branch = request.branch,
                       .error_prefix = "update branch: ",
                       .before = HookEvent::kPreRevert,
                       .after = HookEvent::kPostRevert},
                      change);
}

}  // namespace tarn::versioning
