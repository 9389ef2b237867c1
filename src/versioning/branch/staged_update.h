// Changing what a path has on a branch: read, change, write if unchanged, under the same guard
// against commits as all staged writes. Level 6.
#pragma once

#include <functional>
#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// Makes the successor of a value. May be called several times.
using ValueChange = std::function<Result<Value>(ValueView current)>;

/// Stages what `change` makes of the value of `path`; nothing if that is the value itself.
/// kNotFound "not found" if the path has none; errors of `change`; kBranchNotFound; kTooManyTries.
Status StageUpdate(Context& context, const refs::Repository& repository, const BranchId& branch,
                   std::string_view path, const ValueChange& change);

/// Says whether a value may be deleted. May be called several times.
using ValueCheck = std::function<Status(ValueView current)>;

/// Stages the absence of a path whose value passes `check`. kNotFound "not found" if the path has
/// none; errors of `check`; kBranchNotFound; kTooManyTries.
Status StageDeleteIf(Context& context, const refs::Repository& repository, const BranchId& branch,
                     std::string_view path, const ValueCheck& check);

}  // namespace tarn::versioning
