#include "s3gw/call.h"
#include "s3gw/operations/delete_condition.h"
#include "s3gw/operations/handlers.h"
#include "versioning/branch/branches.h"

namespace tarn::s3gw {

// What is not there is deleted, also where there is no branch, unless there is a condition.
Answer DeleteObject(Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  const auto condition = ReadDeleteCondition(call.head());
  if (!condition.ok()) return condition.failure();
  if (condition->any()) {
    const auto holds = [&](const Entry& entry) { return condition->HoldsFor(entry); };
    TARN_TRY(call.catalog().DeleteObjectIf(call.repository(), call.branch(), call.path(), holds));
    return EmptyAnswer(204);
  }
  const Status deleted = call.catalog().DeleteObject(call.repository(), call.branch(), call.path(),
                                                     /*force=*/false, /*no_tombstone=*/false);
  if (!deleted.ok() && deleted.code() != Code::kNotFound && deleted.code() != Code::kBranchNotFound)
    return deleted;
  return EmptyAnswer(204);
}

}  // namespace tarn::s3gw
