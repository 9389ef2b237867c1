#include "rest/handlers/encoders.h"

#include "auth/policy_json.h"

namespace tarn::rest {

void WriteRepository(JsonWriter* json, const refs::Repository& repository, bool with_read_only) {
  json->BeginObject().Field("creation_date", repository.created.seconds);
  json->Field("default_branch", repository.default_branch.view());
  json->Field("id", repository.id.view());
  if (with_read_only) json->Field("read_only", repository.read_only);
  json->Field("storage_id", repository.storage_id);
  json->Field("storage_namespace", repository.storage_namespace.view()).EndObject();
}

void WriteRef(JsonWriter* json, std::string_view id, const CommitId& commit) {
  json->BeginObject().Field("commit_id", commit.view()).Field("id", id).EndObject();
}

void WriteCommit(JsonWriter* json, const refs::Commit& commit) {
  json->BeginObject().Field("committer", commit.committer);
  json->Field("creation_date", commit.created.seconds);
  json->Field("generation", commit.generation).Field("id", commit.id.view());
  json->Field("message", commit.message).Field("meta_range_id", commit.metarange.view());
  json->Field("metadata", commit.metadata).Key("parents").BeginArray();
  for (const CommitId& parent : commit.parents) json->String(parent.view());
  json->EndArray().Field("version", commit.version).EndObject();
}

void WriteUser(JsonWriter* json, const auth::User& user) {
  json->BeginObject().Field("creation_date", user.created.seconds);
  if (user.has_email) json->Field("email", user.email);
  if (user.has_friendly_name) json->Field("friendly_name", user.friendly_name);
  json->Field("id", user.username).EndObject();
}

void WritePolicy(JsonWriter* json, const auth::StoredPolicy& policy) {
  json->BeginObject().Field("creation_date", policy.created.seconds).Field("id", policy.name);
  json->Key("statement").BeginArray();
  for (const auth::Statement& statement : policy.policy.statements)
    auth::WriteStatement(json, statement);
  json->EndArray().EndObject();
}

void WriteDiff(JsonWriter* json, const catalog::DiffItem& item, bool with_right_stats) {
  constexpr std::string_view kKinds[] = {"added", "removed", "changed", "conflict"};
  json->BeginObject().Field("path", item.path);
  json->Field("path_type", item.is_prefix ? "common_prefix" : "object");
  if (!item.is_prefix) {
    if (with_right_stats && item.has_entry) {
      const Entry& entry = item.entry;
      json->Key("right").BeginObject().Field("checksum", entry.checksum);
      json->Field("content_type", entry.content_type.empty()
                                      ? kDefaultContentType
                                      : std::string_view(entry.content_type));
      json->Field("metadata", entry.metadata).Field("mtime", entry.last_modified.seconds);
      json->EndObject();
    }
    json->Field("size_bytes", item.has_entry ? item.entry.size : int64_t{0});
  }
  json->Field("type", item.is_prefix ? "prefix_changed" : kKinds[static_cast<int>(item.kind)]);
  json->EndObject();
}

void WriteObjectStats(JsonWriter* json, const ObjectStats& stats) {
  json->BeginObject().Field("checksum", stats.checksum).Field("content_type", stats.content_type);
  if (stats.metadata) json->Field("metadata", *stats.metadata);
  json->Field("mtime", stats.modified_seconds).Field("path", stats.path);
  json->Field("path_type", "object").Field("physical_address", stats.physical_address);
  if (stats.address_expires_seconds != 0)
    json->Field("physical_address_expiry", stats.address_expires_seconds);
  json->Field("size_bytes", stats.size).EndObject();
}

void WriteCommonPrefix(JsonWriter* json, std::string_view path) {
  json->BeginObject().Field("checksum", "").Field("mtime", 0).Field("path", path);
  json->Field("path_type", "common_prefix").Field("physical_address", "").EndObject();
}

}  // namespace tarn::rest
