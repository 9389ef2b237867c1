// Numbers, booleans and times in request parameters, read by the two sets of rules that a request
// meets: the validator's (lenient: base prefixes, digit separators) and the binder's (decimal).
// Level 1; pure functions. Texts of failures are those that clients of the reference know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tarn {

enum class NumberError : uint8_t { kNone, kSyntax, kRange };

/// "invalid syntax" or "value out of range".
std::string_view NumberErrorText(NumberError error);

struct ReadInteger {
  int64_t value = 0;
  NumberError error = NumberError::kNone;
};

/// Reads with a base prefix ("0x1f", "0b1", "0o7", "010") and single underscores between digits.
ReadInteger ReadPrefixedInteger(std::string_view text);
/// Reads decimal digits with an optional sign.
ReadInteger ReadDecimalInteger(std::string_view text);

/// Reads 1, t, T, true, TRUE, True and their opposites.
std::optional<bool> ReadBoolean(std::string_view text);

/// A time, or why the text is none.
struct ReadTimeResult {
  Timestamp time;
  std::string error;  ///< Empty on success.
};

/// Reads RFC 3339, or a date alone.
ReadTimeResult ReadTime(std::string_view text);

}  // namespace tarn
