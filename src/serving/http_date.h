// Dates of HTTP headers. Level 7; pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace tarn::serving {

/// "Mon, 02 Jan 2006 15:04:05 GMT" of a time in seconds since 1970.
std::string FormatHttpDate(int64_t seconds);

}  // namespace tarn::serving
