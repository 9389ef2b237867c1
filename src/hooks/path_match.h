// Patterns of branch names in action files, with the rules of the reference's path matcher: "*" any
// text without '/', "?" one character but '/', "[a-z]" and "[^x]" one of a set, "\c" the character
// c. A pattern names the whole text. Level 7; pure function.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tarn::hooks {

/// Whether `text` fits. kInternal ("syntax error in pattern") for text that is no pattern, whether
/// or not the part that is wrong is reached.
Result<bool> PathMatches(std::string_view pattern, std::string_view text);

}  // namespace tarn::hooks
