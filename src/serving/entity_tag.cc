#include "serving/entity_tag.h"

#include "base/text.h"

namespace tarn::serving {

std::string EntityTag(std::string_view checksum) {
  if (checksum.starts_with('"')) return std::string(checksum);
  return "\"" + std::string(checksum) + "\"";
}

bool ListsTag(std::string_view list, std::string_view entity_tag, TagQuotes quotes) {
  if (quotes == TagQuotes::kOptional) entity_tag = WithoutQuotes(entity_tag);
  while (true) {
    const size_t comma = list.find(',');
    std::string_view tag = Trim(list.substr(0, comma), " \t");
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (quotes == TagQuotes::kOptional) tag = WithoutQuotes(tag);
    if (tag == entity_tag) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace tarn::serving
