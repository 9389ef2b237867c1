#include "refs/delete_branch.h"

#include "refs/records.h"

namespace tarn::refs {
namespace {

constexpr int kTriesMax = 60;  // Each lost one means that the branch moved.

}  // namespace

Status DeleteBranchRecord(kv::Store& kv, std::string_view partition, std::string_view key,
                          const std::function<Status(const Branch&)>& prepare) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    TARN_TRY_ASSIGN(const auto found, kv.Get(partition, key));
    if (!found) return Status(Code::kBranchNotFound, "branch not found");
    TARN_TRY_ASSIGN(const Branch branch, DecodeBranch(*found));
    TARN_TRY(prepare(branch));
    Status deleted = kv.DeleteIf(partition, key, kv::Predicate::Equals(*found));
    if (deleted.code() != Code::kPredicateFailed) return deleted;
  }
  return Status(Code::kTooManyTries, "delete branch: too many tries (last predicate failed)");
}

}  // namespace tarn::refs
