// The stored form of branch protection rules (docs/formats/kv.md). Level 6; pure functions.
// Internal to the rules.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::versioning {

inline constexpr std::string_view kProtectionName = "protected_branches";

/// Numbers of actions; others are kept as they are found.
inline constexpr int32_t kActionStagingWrite = 0, kActionCommit = 1;
/// What each pattern blocks.
using BlockedActions = std::map<std::string, std::vector<int32_t>>;

std::string EncodeProtection(const BlockedActions& rules);
/// kCorrupt for bytes that are no such record.
Result<BlockedActions> DecodeProtection(std::string_view bytes);

}  // namespace tarn::versioning
