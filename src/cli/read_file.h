// Files as arguments. Waits.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn::cli {

/// Bytes of a file, or of the standard input for "-". kIo.
Result<std::string> ReadFile(const std::string& name);

}  // namespace tarn::cli
