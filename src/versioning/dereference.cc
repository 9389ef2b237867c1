#include "versioning/dereference.h"

namespace tarn::versioning {

Result<refs::Commit> Dereference(Context& context, const refs::Repository& repository,
                                 std::string_view expression) {
  TARN_TRY_ASSIGN(refs::Resolved resolved, context.refs.Resolve(repository, expression));
  if (!resolved.staging_marked) return std::move(resolved.commit);
  return Status(Code::kInvalidValue, "reference '" + std::string(expression) +
                                         "': reference to staging area with $ is not a commit");
}

Result<refs::Commit> DereferenceNamed(Context& context, const refs::Repository& repository,
                                      std::string_view prefix, std::string_view expression) {
  auto commit = Dereference(context, repository, expression);
  if (commit.ok()) return commit;
  return std::move(commit).status().Prefixed(std::string(prefix) + std::string(expression) + ": ");
}

}  // namespace tarn::versioning
