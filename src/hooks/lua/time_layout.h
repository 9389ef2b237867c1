// Moments as text by layouts that show how a certain moment would look: Mon Jan 2 15:04:05 MST
// 2006. Level 7; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "hooks/lua/time_zone.h"

namespace tarn::hooks::lua {

std::string FormatByLayout(Timestamp time, const ZoneOffset& zone, std::string_view layout);

/// Reads a moment; without a zone it is UTC. kInvalidValue with what the reference says.
Result<Timestamp> ParseByLayout(std::string_view layout, std::string_view text);

}  // namespace tarn::hooks::lua
