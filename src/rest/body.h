// JSON bodies: checked against a schema with the validator's rules, then with the binder's.
// Level 8; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "rest/contract/schemas.h"

namespace tarn::rest {

/// Deepest nesting of a JSON body.
inline constexpr int kJsonDepthMax = 64;
/// Values that any body may have, and bytes of body that allow for one more: a value in memory is
/// far larger than its shortest text.
inline constexpr size_t kJsonValuesFree = 65'536;
inline constexpr size_t kJsonBytesPerValue = 10;

/// A body that passed the validator.
struct CheckedBody {
  Json value;            ///< null if there was no body.
  bool bindable = true;  ///< False: some integer is written as a fraction or does not fit.
};

/// Reads and validates. The failure's message is complete: `request body has an error: ...`.
Result<CheckedBody> CheckBody(std::string_view body, std::string_view content_type, bool required,
                              const Schema& schema);

}  // namespace tarn::rest
