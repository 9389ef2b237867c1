// Policies as JSON of the contract. Level 7; pure functions.
#pragma once

#include "auth/policy.h"
#include "codec/json.h"
#include "codec/json_writer.h"

namespace tarn::auth {

/// A statement; what is absent or of another type counts as empty.
Statement ReadStatement(const Json& json);
/// Appends a statement; conditions only if there are some.
void WriteStatement(JsonWriter* json, const Statement& statement);

}  // namespace tarn::auth
