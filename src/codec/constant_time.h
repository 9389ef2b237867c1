// Comparison of secrets. Level 1; pure function.
#pragma once

#include <string_view>

namespace tarn {

/// Compares in a time that does not tell where the texts differ; their lengths are no secret.
bool EqualsInConstantTime(std::string_view a, std::string_view b);

}  // namespace tarn
