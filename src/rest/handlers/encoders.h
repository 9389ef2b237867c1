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
#include "serving/json_page.h"

namespace tarn::rest {

using serving::PageInfo;
using serving::WritePage;
using serving::WritePagination;

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

}  // namespace tarn::rest
