// Pages of listings as JSON of the contracts. Level 7; pure functions that append to a writer.
#pragma once

#include <cstddef>
#include <string_view>

#include "codec/json_writer.h"

namespace tarn::serving {

/// What every paged answer says about its page.
struct PageInfo {
  bool has_more = false;
  std::string_view next_offset;  ///< "" when there is no more.
  size_t results = 0;
  int max_per_page = 1000;
};

void WritePagination(JsonWriter* json, const PageInfo& page);

/// Writes a page of a listing: pagination, then each item by `write(json, item)`.
template <class Items, class Write>
void WritePage(JsonWriter* json, const PageInfo& page, const Items& items, Write write) {
  json->BeginObject();
  WritePagination(json, page);
  json->Key("results").BeginArray();
  for (const auto& item : items) write(json, item);
  json->EndArray().EndObject();
}

/// The same of a page that says about itself no more than its items do. `key_of(item)`
/// names an item as the next page's start.
template <class Items, class KeyOf, class Write>
void WritePage(JsonWriter* json, const Items& items, bool has_more, KeyOf key_of, Write write,
               int max_per_page = PageInfo().max_per_page) {
  std::string_view next;
  if (has_more && !items.empty()) next = key_of(items.back());
  WritePage(json,
            PageInfo{.has_more = has_more,
                     .next_offset = next,
                     .results = items.size(),
                     .max_per_page = max_per_page},
            items, write);
}

}  // namespace tarn::serving
