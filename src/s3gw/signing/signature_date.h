// The forms in which signed requests say when they were made, and how far that may be from now.
// Level 8; pure functions. Readers give seconds since 1970, or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "s3gw/errors.h"

namespace tarn::s3gw {

/// "20060102T150405Z"
std::optional<int64_t> ReadBasicTime(std::string_view text);
/// "20060102": its first second.
std::optional<int64_t> ReadBasicDay(std::string_view text);
/// "2006-01-02T15:04:05Z", with a fraction or without.
std::optional<int64_t> ReadExtendedTime(std::string_view text);
/// "Mon, 02 Jan 2006 15:04:05 GMT" (RFC 1123), or with an offset like "+0100" in place of the name
/// of a zone; zones that have a name count as UTC.
std::optional<int64_t> ReadMailTime(std::string_view text);

/// Most that the clocks of client and server may differ.
inline constexpr int64_t kClockSkewSecondsMax = 15 * 60;

/// Why a link of that time is refused now: it is not valid yet.
std::optional<Error> CheckNotEarly(int64_t seconds, Timestamp now);
/// Why a request of that time is refused now: the clocks differ too much, either way.
std::optional<Error> CheckSkew(int64_t seconds, Timestamp now);

}  // namespace tarn::s3gw
