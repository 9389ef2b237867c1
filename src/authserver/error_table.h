// Which HTTP status and text each Code becomes for who asks the authorization server. Level 8;
// constant data.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tarn::authserver {

struct ErrorRow {
  Code code;
  int status;
  std::string_view text;  ///< Fixed text; empty: the Status's own message.
};

/// The row of a code; what has none is a failure of the server, without a word about it.
const ErrorRow& ErrorRowOf(Code code);

}  // namespace tarn::authserver
