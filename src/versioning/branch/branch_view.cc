#include "versioning/branch/branch_view.h"

namespace tarn::versioning {

Status TooManyStagedWriteTries() {
  return Status(Code::kTooManyTries, "safe branch write: too many tries (last predicate failed)");
}

}  // namespace tarn::versioning
