// Dates of HTTP headers. Level 2; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tarn::http {

/// "Mon, 02 Jan 2006 15:04:05 GMT" of a time in seconds since 1970.
std::string FormatHttpDate(int64_t seconds);

/// Reads the three forms of RFC 9110 section 5.6.7: as above, "Monday, 02-Jan-06 15:04:05 GMT" and
/// "Mon Jan  2 15:04:05 2006". Nothing for any other text.
std::optional<int64_t> ParseHttpDate(std::string_view text);

}  // namespace tarn::http
