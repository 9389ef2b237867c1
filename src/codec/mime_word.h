// Encoded words of RFC 2047: text of any language in headers. Level 1; pure functions.
//
// Reads and writes what the reference's mail library does: both encodings are read, "Q" is written,
// in words of at most 75 characters.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

/// The text with its encoded words decoded to UTF-8; what is no good word stays as it is, and white
/// space between words goes. kInvalidValue for a character set other than UTF-8, ISO-8859-1 and
/// US-ASCII.
Result<std::string> DecodeMimeWords(std::string_view text);

/// The text as words "=?utf-8?q?...?=", if it holds anything but printable ASCII and tabs.
std::string EncodeMimeWords(std::string_view text);

}  // namespace tarn
