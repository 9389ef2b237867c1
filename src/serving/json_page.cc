#include "serving/json_page.h"

namespace tarn::serving {

void WritePagination(JsonWriter* json, const PageInfo& page) {
  json->Key("pagination").BeginObject();
  json->Field("has_more", page.has_more).Field("max_per_page", page.max_per_page);
  json->Field("next_offset", page.next_offset).Field("results", page.results).EndObject();
}

}  // namespace tarn::serving
