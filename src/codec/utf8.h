// UTF-8: checks, repair and counting, as the reference's language does it. Level 1; pure functions.
//
// A byte that does not belong to a well-formed sequence (RFC 3629: no surrogates, no overlong
// forms, at most U+10FFFF) counts as one character and reads as U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tarn {

/// The three bytes of U+FFFD.
inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";

struct Rune {
  uint32_t value = 0;  ///< U+FFFD for a byte that is not part of a sequence.
  size_t length = 0;   ///< Bytes it takes: 1 to 4.
  bool valid = false;
};

/// The first character of a text that is not empty.
Rune FirstRune(std::string_view text);

bool IsValidUtf8(std::string_view text);

/// Characters in `text`; each byte outside a sequence counts as one.
size_t CountRunes(std::string_view text);

/// The text with each byte outside a sequence replaced by U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

/// Appends the UTF-8 form of a code point; U+FFFD for surrogates and values over U+10FFFF.
void AppendRune(std::string* out, uint32_t value);

/// The text in double quotes with escapes, as "%q" prints it in error messages of the reference.
std::string Quote(std::string_view text);

}  // namespace tarn
