#include "versioning/dereference.h"

namespace tarn::versioning {

Result<refs::Commit> Dereference(Context& context, const refs::Repository& repository,
                                 std::string_view expression) {
  TARN_TRY_ASSIGN(refs::Resolved resolved, context.refs.Resolve(repository, expression));
  if (!resolved.staging_marked) return std::move(resolved.commit);
  return Status(Code::kInvalidValue, "reference '" + std::string(expression) +
                                         "': reference to staging area with $ is not a commit");
}

}  // namespace tarn::versioning
