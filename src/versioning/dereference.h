// Ref expressions where a commit is needed and staged data is refused with the text of diffs and
// merges. Internal to versioning. Level 6.
#pragma once

#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// The commit that `expression` names. kInvalidValue "reference 'dev$': reference to staging area
/// with $ is not a commit"; kNotFound; errors of the grammar.
Result<refs::Commit> Dereference(Context& context, const refs::Repository& repository,
                                 std::string_view expression);
/// The same; errors begin with `prefix`, the expression and ": ".
Result<refs::Commit> DereferenceNamed(Context& context, const refs::Repository& repository,
                                      std::string_view prefix, std::string_view expression);

}  // namespace tarn::versioning
