#include "versioning/cherry_pick.h"

#include "refs/names.h"
#include "versioning/branch/branches.h"
#include "versioning/dereference.h"

namespace tarn::versioning {
namespace {

constexpr const char* kOriginKey = "cherry-pick-origin";
constexpr const char* kCommitterKey = "cherry-pick-committer";

Status CheckArguments(const CherryPickRequest& request) {
  TARN_TRY(refs::CheckBranchId("branch", request.branch));
  TARN_TRY(refs::CheckRef("ref", request.ref));
  if (request.parent_number.value_or(1) > 0) return Status();
  return Status(Code::kInvalidValue,
                "argument parentNumber: value should be greater than 0: invalid value: validation "
                "error");
}

/// The tree that the picked commit was made from.
Result<MetarangeId> TreeBefore(Context& context, const refs::Repository& repository,
                               const refs::Commit& commit, std::optional<int64_t> parent_number) {
  const auto parents = static_cast<int64_t>(commit.parents.size());
  if (parents > 1 && !parent_number) {
    return Status(Code::kInvalidValue,
                  "must specify 1-based parent number for cherry-picking merge commit");
  }
  const int64_t position = parent_number.value_or(1);
  if (position > parents) {
    return Status(Code::kParentOutOfRange,
                  "parent " + std::to_string(position) +
                      ": given commit does not have the given parent number");
  }
  return TreeOfParent(context, repository, commit, static_cast<size_t>(position));
}

}  // namespace

Result<refs::Commit> CherryPick(Context& context, const refs::Repository& repository,
                                const CherryPickRequest& request) {
  TARN_TRY(CheckArguments(request));
  TARN_TRY(CheckWritable(repository, request.force));
  TARN_TRY_ASSIGN(const refs::Commit picked,
                  DereferenceNamed(context, repository, "get commit from ref ", request.ref));
  TARN_TRY_ASSIGN(const MetarangeId before,
                  TreeBefore(context, repository, picked, request.parent_number));

  const auto change = [&](const BranchState&, refs::Commit* next) -> Result<TreeChange> {
    const CommitOverrides& overrides = request.overrides;
    next->committer = request.committer;
    next->message = overrides.message.empty() ? picked.message : overrides.message;
    next->metadata = overrides.metadata.value_or(picked.metadata);
    next->metadata[kOriginKey] = picked.id.str();
    next->metadata[kCommitterKey] = picked.committer;
    return TreeChange{.from = before, .to = picked.metarange, .hook_ref = request.branch.view()};
  };
  return CommitChange(context, repository,
                      {.branch = request.branch,
                       .error_prefix = "update branch: ",
                       .before = HookEvent::kPreCherryPick,
                       .after = HookEvent::kPostCherryPick},
                      change);
}

}  // namespace tarn::versioning
