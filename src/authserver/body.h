// JSON bodies, read and checked against the fields of an operation. Level 8; pure functions.
#pragma once

#include <span>
#include <string_view>

#include "authserver/operation.h"
#include "base/result.h"
#include "codec/json.h"

namespace tarn::authserver {

/// The body as an object whose fields have their types; others are left as they are.
/// kInvalidRequest.
Result<Json> ReadBody(std::string_view body, std::span<const Field> fields);

}  // namespace tarn::authserver
