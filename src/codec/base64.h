// Base64 of RFC 4648: both alphabets, with and without padding. Level 1; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tarn {

enum class Base64 : uint8_t {
  kStandard,          ///< "+/", padded with '='.
  kStandardUnpadded,  ///< "+/", no padding.
  kUrl,               ///< "-_", padded.
  kUrlUnpadded,       ///< "-_", no padding.
};

/// Appends the text of `bytes`.
void AppendBase64(std::string* out, std::string_view bytes, Base64 kind = Base64::kStandard);
std::string EncodeBase64(std::string_view bytes, Base64 kind = Base64::kStandard);

/// Reads exactly one kind: nothing on foreign characters (line breaks too), on missing or needless
/// padding, and when unused bits are not zero, so that one value has one text.
std::optional<std::string> DecodeBase64(std::string_view text, Base64 kind = Base64::kStandard);

}  // namespace tarn
