// Asks before something is destroyed.
#pragma once

#include <string>

namespace tarn::cli {

/// "? question? [y/N] " on stdout; true only for an answer of y or yes.
bool Confirm(const std::string& question);

}  // namespace tarn::cli
