// Gives memory back that a string has no more use for. Level 0; pure.
#pragma once

#include <string>

namespace tarn {

/// Empties `text` and frees its buffer, which assigning an empty string would keep.
inline void ReleaseMemory(std::string* text) { std::string().swap(*text); }

}  // namespace tarn
