// What a plain scalar of YAML stands for. Level 7; pure.
#pragma once

#include <string_view>

#include "codec/json.h"

namespace tarn::hooks::lua {

/// null, a boolean, a number or text.
Json ResolvePlainScalar(std::string_view text);

/// True if text must be quoted, because plain it would be read as something else, by this rule or
/// by that of YAML 1.1 (`yes`, `12:30`, dates).
bool ReadsAsOther(std::string_view text);

}  // namespace tarn::hooks::lua
