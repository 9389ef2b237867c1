// An action file's YAML as values, without checks of what they say. Wraps the library; failures in
// the reference's words where they are known. Level 7; pure function.
#pragma once

#include <string_view>

#include "base/result.h"
#include "hooks/action.h"

namespace tarn::hooks {

/// Reads the first document; fields that are not known are ignored. kInternal: "yaml: line 2: ..."
/// or "yaml: unmarshal errors:\n  line 1: ...".
Result<Action> ReadActionYaml(std::string_view text);

}  // namespace tarn::hooks
