// Which HTTP status and text each Code becomes: the one place where errors meet the protocol.
// Level 8; constant data. Source: the reference's error mapper.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tarn::rest {

struct ErrorRow {
  Code code;
  int status;
  std::string_view text;  ///< Fixed text; empty: the Status's own message.
};

/// The row of a code.
const ErrorRow& ErrorRowOf(Code code);

/// The message that a client sees for `status`.
std::string_view ErrorText(const Status& status);

}  // namespace tarn::rest
