// Options that say "key=value". Level 8; pure functions.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "codec/json.h"

namespace tarn::cli {

/// Texts by key. kInvalidValue ("invalid key/value pair - should be separated by "="").
Result<Json::Object> ParsePairs(std::span<const std::string> pairs);

}  // namespace tarn::cli
