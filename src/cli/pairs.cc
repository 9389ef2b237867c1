#include "cli/pairs.h"

namespace tarn::cli {

Result<Json::Object> ParsePairs(std::span<const std::string> pairs) {
  Json::Object parsed;
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos)
      return Status(Code::kInvalidValue, "invalid key/value pair - should be separated by \"=\"");
    parsed.emplace_back(pair.substr(0, equals), Json(pair.substr(equals + 1)));
  }
  return parsed;
}

}  // namespace tarn::cli
