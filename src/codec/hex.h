// Hexadecimal text, lower case when written, either case when read. Level 1, pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tarn {

/// Appends two lower-case digits per byte.
void AppendHex(std::string* out, std::string_view bytes);
std::string ToHex(std::string_view bytes);
/// The bytes that `text` spells, or nothing if it is not an even number of hexadecimal digits.
std::optional<std::string> FromHex(std::string_view text);

}  // namespace tarn
