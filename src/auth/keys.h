// New access keys in the form that clients expect. Level 7, pure functions.
#pragma once

#include <string>

#include "base/random.h"

namespace tarn::auth {

/// "AKIAJ", 14 characters of A-Z2-7, "Q".
std::string NewAccessKeyId(Random& random);
/// 40 characters of base64.
std::string NewSecretAccessKey(Random& random);

}  // namespace tarn::auth
