#include "serving/entity_tag.h"

namespace tarn::serving {

std::string EntityTag(std::string_view checksum) {
  if (checksum.starts_with('"')) return std::string(checksum);
  return "\"" + std::string(checksum) + "\"";
}

}  // namespace tarn::serving
