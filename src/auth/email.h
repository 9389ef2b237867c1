// The form of e-mail addresses as set-up forms accept them. Nothing is ever sent, and no provider
// is refused. Level 7, pure functions.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tarn::auth {

/// kInvalidRequest: "email is required" when empty, "invalid email address" unless it is
/// "local@domain" with a dotted domain whose last label is a word.
Status CheckEmail(std::string_view address);

}  // namespace tarn::auth
