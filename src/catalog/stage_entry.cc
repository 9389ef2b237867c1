#include "catalog/stage_entry.h"

#include "refs/names.h"

namespace tarn::catalog {

Result<refs::Branch> RequireBranch(versioning::Context& context, const refs::Repository& repository,
                                   const BranchId& branch) {
  TARN_TRY(refs::CheckBranchId("name", branch));
  auto found = context.refs.GetBranch(repository, branch);
  if (found.code() != Code::kBranchNotFound) return found;
  return Status(Code::kBranchNotFound, "branch '" + branch.str() + "' not found");
}

Value ToValue(const Entry& entry) {
  Value value;
  AppendEntry(&value.data, entry);
  value.identity = AsView(IdentityOf(entry));
  return value;
}

Status StageEntry(versioning::Context& context, const refs::Repository& repository,
                  const BranchId& branch, std::string_view path, const Entry& entry,
                  versioning::SetCondition condition, block::UnlinkedObject* object) {
  return versioning::StageValue(context, repository, branch, path, ToValue(entry).view(), condition,
                                object);
}

}  // namespace tarn::catalog
