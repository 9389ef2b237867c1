// The stored forms of the rules of garbage collection and of what its preparation found out
// (docs/formats/gc.md). Level 6; pure functions. Internal to the preparation of a collection.
#pragma once

#include <string>
#include <string_view>

#include "versioning/gc/gc_commits.h"
#include "versioning/gc/gc_rules.h"

namespace tarn::versioning {

/// REQUIRES names of branches that are UTF-8.
std::string EncodeGcRules(const GcRules& rules);
/// kCorrupt.
Result<GcRules> DecodeGcRules(std::string_view bytes);

std::string EncodeGcCommitsInfo(const GcCommitsRun& run);
/// All but the list's relative address; kCorrupt.
Result<GcCommitsRun> DecodeGcCommitsInfo(std::string_view bytes);

}  // namespace tarn::versioning
