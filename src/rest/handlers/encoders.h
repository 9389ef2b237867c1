// Domain values as JSON of the contract. Level 8; pure functions that append to a writer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/service.h"
#include "catalog/catalog.h"
#include "codec/entry.h"
#include "codec/json_writer.h"
#include "refs/types.h"

namespace tarn::rest {

/// What every paged answer says about its page.
struct PageInfo {
  bool has_more = false;
  std::string_view next_offset;  ///< "" when there is no more.
  size_t results = 0;
  int max_per_page = 1000;
};

void WritePagination(JsonWriter* json, const PageInfo& page);
/// `read_only` is left out of the answer to a bare creation.
void WriteRepository(JsonWriter* json, const refs::Repository& repository,
                     bool with_read_only = true);
void WriteRef(JsonWriter* json, std::string_view id, const CommitId& commit);
void WriteCommit(JsonWriter* json, const refs::Commit& commit);
void WriteUser(JsonWriter* json, const auth::User& user);
void WritePolicy(JsonWriter* json, const auth::StoredPolicy& policy);
void WriteDiff(JsonWriter* json, const catalog::DiffItem& item, bool with_right_stats);

/// An object's properties. `metadata` absent: the property is left out.
struct ObjectStats {
  std::string_view path, physical_address, checksum, content_type;
  int64_t size = 0, modified_seconds = 0;
  const Metadata* metadata = nullptr;
  /// When physical_address, a presigned URL, expires (Unix time); 0: never.
  int64_t address_expires_seconds = 0;
};
void WriteObjectStats(JsonWriter* json, const ObjectStats& stats);
void WriteCommonPrefix(JsonWriter* json, std::string_view path);

/// Writes a page of a listing: pagination, then each item by `write(json, item)`. `key_of(item)`
/// names an item as the next page's start.
template <class Items, class KeyOf, class Write>
void WritePage(JsonWriter* json, const Items& items, bool has_more, KeyOf key_of, Write write,
               int max_per_page = PageInfo().max_per_page) {
  std::string_view next;
  if (has_more && !items.empty()) next = key_of(items.back());
  json->BeginObject();
  WritePagination(json, {.has_more = has_more,
                         .next_offset = next,
                         .results = items.size(),
                         .max_per_page = max_per_page});
  json->Key("results").BeginArray();
  for (const auto& item : items) write(json, item);
  json->EndArray().EndObject();
}

}  // namespace tarn::rest
