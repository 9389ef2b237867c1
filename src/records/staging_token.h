// Staging tokens as text, "<repository>-<branch>:<random UUID version 4>" (docs/formats/kv.md).
// Level 4; pure functions but for the random number.
#pragma once

#include <string_view>

#include "base/ids.h"
#include "base/random.h"

namespace tarn::records {

StagingToken NewStagingToken(Random& random, const RepositoryId& repository,
                             const BranchId& branch);

/// "<repository>-<branch>" of a token; empty if it has no such text.
std::string_view OwnerOfToken(const StagingToken& token);

}  // namespace tarn::records
