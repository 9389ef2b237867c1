// Durations as configuration files write them: "300ms", "1h30m", "-1.5s"; a bare integer counts
// nanoseconds. Level 9, pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tarn::server {

/// Nanoseconds, or nothing if the text is not a duration or is over 292 years.
std::optional<int64_t> ParseDuration(std::string_view text);

}  // namespace tarn::server
