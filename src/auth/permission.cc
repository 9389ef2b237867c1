#include "auth/permission.h"

namespace tarn::auth {

Result<std::string> FormatResource(std::string_view resource, size_t item, RequestFacts& facts) {
  std::string text;
  while (!resource.empty()) {
    const size_t open = resource.find('{');
    const size_t close = resource.find('}', open);
    text += resource.substr(0, open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    TARN_TRY(facts.AppendName(resource.substr(open + 1, close - open - 1), item, &text));
    resource.remove_prefix(close + 1);
  }
  return text;
}

}  // namespace tarn::auth
