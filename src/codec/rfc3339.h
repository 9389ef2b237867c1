// Reads moments as web services write them (RFC 3339). Level 1; pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace tarn {

/// "2026-01-02T03:04:05Z", with up to nine decimals of a second; UTC only. Nothing for other text.
std::optional<Timestamp> ParseRfc3339Utc(std::string_view text);

}  // namespace tarn
