// Session cookies: a signed, not encrypted, map, in the encoding that the reference and external
// sign-on services write (gob inside a securecookie). Level 1; pure functions.
//
//   payload = gob(map[interface]interface)
//   b       = base64url(payload)
//   cookie  = base64url(seconds "|" b "|" HMAC-SHA256(key, name "|" seconds "|" b))
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/gob.h"

namespace tarn {

inline constexpr int64_t kCookieSecondsMax = 30 * 86400;  ///< Age at which a cookie expires.
inline constexpr size_t kCookieBytesMax = 4096;           ///< Longest value, written or read.

/// The value of a cookie named `name` that holds one text. kTooLarge over kCookieBytesMax.
Result<std::string> EncodeCookie(std::string_view name, std::string_view key, int64_t now_seconds,
                                 std::string_view value_name, std::string_view value);

/// Nothing if the signature is wrong, the age over kCookieSecondsMax, or the content not such a
/// map.
std::optional<GobMap> DecodeCookie(std::string_view name, std::string_view key, int64_t now_seconds,
                                   std::string_view cookie);

}  // namespace tarn
