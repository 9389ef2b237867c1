// Media types with parameters, as in Content-Type and Content-Disposition headers. Level 8; pure
// functions. Rules and texts of failures are those of the reference's library, since clients see
// them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::rest {

struct MediaType {
  std::string type;                               ///< Lower case: "text/plain", "form-data".
  std::map<std::string, std::string> parameters;  ///< Names in lower case.
};

/// Reads "text/plain; charset=utf-8". kInvalidValue: "mime: no media type", "mime: invalid media
/// parameter" and the like.
Result<MediaType> ParseMediaType(std::string_view text);

}  // namespace tarn::rest
