#include "catalog/stage_entry.h"

#include "base/log.h"
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
                  versioning::SetCondition condition, bool* may_be_written) {
  return versioning::StageValue(context, repository, branch, path, ToValue(entry).view(), condition,
                                may_be_written);
}

void RemoveUnused(versioning::Context& context, const refs::Repository& repository,
                  std::string_view address) {
  const Status removed = context.objects.Remove({repository.storage_namespace.view(), address});
  if (!removed.ok()) TARN_LOG_WARN("an unused object stays: {}", removed.ToString());
}

}  // namespace tarn::catalog
