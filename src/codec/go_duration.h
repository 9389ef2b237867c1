// Durations as configuration files and the properties of hooks write them ("1m30s"), with the
// reference's words for text that is none. Level 1; pure functions.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

/// kInternal: `time: invalid duration "x"`, `time: missing unit in duration "10"`, `time: unknown
/// unit "x" in duration "1x"`.
Result<std::chrono::nanoseconds> ParseGoDuration(std::string_view text);
/// "1.5s", "2m0s", "350ms", "0s".
std::string FormatGoDuration(std::chrono::nanoseconds duration);

}  // namespace tarn
