#include "auth/arn.h"

namespace tarn::auth {

std::optional<Arn> ParseArn(std::string_view text) {
  std::string_view parts[5];
  for (std::string_view& part : parts) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const Arn arn{parts[1], parts[2], parts[4], text};
  const bool is_name = parts[0] == "arn" && arn.partition == "lakefs" && !arn.service.empty() &&
                       !arn.resource.empty();
  return is_name ? std::optional(arn) : std::nullopt;
}

}  // namespace tarn::auth
