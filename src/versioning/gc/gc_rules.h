// Rules of garbage collection: how many days of history each branch keeps. Level 6; thread-safe.
//
// Stored as an object of the repository's namespace, where the collector reads them too
// (docs/formats/gc.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "versioning/context.h"

namespace tarn::versioning {

struct GcRules {
  int32_t default_retention_days = 0;
  std::map<std::string, int32_t> branch_retention_days;  ///< By branch name, existing or not.
};

/// kNotFound ("not found") when none are set.
Result<GcRules> GetGcRules(Context& context, const refs::Repository& repository);
/// Replaces all rules, durable. kReadOnlyRepository.
Status SetGcRules(Context& context, const refs::Repository& repository, const GcRules& rules);
/// Leaves the repository without rules; success when there were none. kReadOnlyRepository.
Status DeleteGcRules(Context& context, const refs::Repository& repository);

}  // namespace tarn::versioning
