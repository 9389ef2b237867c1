// YAML as documents, by the rules of the reference's library: YAML 1.2 with the integers of 1.1;
// `yes`, `on` and `y` are text, merge keys count. Level 7; pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace tarn::hooks::lua {

/// Reads the first document. Keys become text, dates stay text. kInvalidValue with what is wrong
/// ("yaml: ..."), kTooLarge if it takes more than about `bytes_max` (aliases multiply).
Result<Json> ReadYaml(std::string_view text, size_t bytes_max);

/// Writes a document: keys sorted, four blanks of indentation; text that could be read as something
/// else is quoted.
std::string WriteYaml(const Json& value);

}  // namespace tarn::hooks::lua
