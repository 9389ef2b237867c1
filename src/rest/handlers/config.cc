#include <fmt/format.h>

#include <string>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

/// How long objects of the branch heads are kept after they were written, in seconds.
constexpr int64_t kGarbageCollectionGraceSeconds = 86'400;

void WriteVersion(JsonWriter* json, const Call& call) {
  json->BeginObject().Field("version", call.options().version);
  json->Field("version_context", "lakeFS").EndObject();
}

void WriteStorage(JsonWriter* json, const Call& call) {
  const block::StoreInfo& info = call.context().objects.info();
  json->BeginObject().Field("blockstore_description", call.options().blockstore_description);
  json->Field("blockstore_id", "");
  json->Field("blockstore_namespace_ValidityRegex", info.namespace_regex);
  json->Field("blockstore_namespace_example", info.namespace_example);
  json->Field("blockstore_type", info.type);
  json->Field("default_namespace_prefix", info.default_namespace_prefix);
  json->Field("import_support", info.import_support);
  json->Field("import_validity_regex", info.namespace_regex);
  json->Field("pre_sign_multipart_upload", info.presign_multipart_support);
  json->Field("pre_sign_support", info.presign_support);
  json->Field("pre_sign_support_ui", info.presign_ui_support).EndObject();
}

void WriteTexts(JsonWriter* json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json->Key(key).BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

void WriteUi(JsonWriter* json, const Call& call) {
  json->BeginObject();
  if (!call.options().custom_viewers.empty()) {
    json->Key("custom_viewers").BeginArray();
    for (const CustomViewer& viewer : call.options().custom_viewers) {
      json->BeginObject();
      WriteTexts(json, "content_types", viewer.content_types);
      WriteTexts(json, "extensions", viewer.extensions);
      json->Field("name", viewer.name).Field("url", viewer.url).EndObject();
    }
    json->EndArray();
  }
  json->EndObject();
}

Status CheckEvent(const Json& event) {
  const auto problem = [](std::string_view text) {
    return Status(Code::kInvalidValue, "invalid value: " + std::string(text));
  };
  if (event.StringAt("class").value_or("").empty()) return problem("class is required");
  if (event.StringAt("name").value_or("").empty()) return problem("name is required");
  if (event.IntAt("count").value_or(-1) < 0) return problem("count must be a non-negative integer");
  return {};
}

}  // namespace

// Whoever may not read it is shown it all the same, as in the reference; that nobody can say
// whether somebody may is a failure.
Result<http::Response> GetConfig(Call& call) {
  const Status may = call.Decide({"fs:ReadConfig", auth::kEverything}, "", "");
  if (may.code() != Code::kInsufficientPermissions) TARN_TRY(may);
  JsonBuilder json;
  json.writer.BeginObject().Key("capabilities_config").BeginObject().EndObject();
  json.writer.Key("storage_config");
  WriteStorage(&json.writer, call);
  json.writer.Key("storage_config_list").BeginArray().EndArray();
  json.writer.Key("ui_config");
  WriteUi(&json.writer, call);
  json.writer.Key("version_config");
  WriteVersion(&json.writer, call);
  json.writer.EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> GetVersion(Call& call) {
  JsonBuilder json;
  WriteVersion(&json.writer, call);
  return std::move(json).Answer(200);
}

Result<http::Response> GetStorageConfig(Call& call) {
  JsonBuilder json;
  WriteStorage(&json.writer, call);
  return std::move(json).Answer(200);
}

Result<http::Response> GetGarbageCollectionConfig(Call&) {
  JsonBuilder json;
  json.writer.BeginObject().Field("grace_period", kGarbageCollectionGraceSeconds).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> PostStatsEvents(Call& call) {
  for (const Json& event : call.body().Find("events")->items()) TARN_TRY(CheckEvent(event));
  return EmptyAnswer(204);
}

Result<http::Response> GetUsageReportSummary(Call& call) {
  TARN_TRY_ASSIGN(const std::string id,
                  call.auth().InstallationId(call.options().fixed_installation_id));
  TARN_TRY(call.usage().Flush(id));
  TARN_TRY_ASSIGN(const auto months, call.usage().Read(id));
  if (call.head().Get("Accept") == "text/plain") {
    std::string text = "Usage for installation ID: " + id;
    for (const serving::MonthlyUsage& usage : months)
      text += fmt::format("\n{:04d}-{:02d}: {:12d}", usage.year, usage.month, usage.count);
    http::Response response = PlainAnswer(200, text);
    response.Add("X-Frame-Options", "SAMEORIGIN");
    response.Add("Content-Security-Policy", "default-src 'none'");
    return response;
  }
  JsonBuilder json;
  json.writer.BeginObject().Field("installation_id", id);
  json.writer.Key("reports").BeginArray();
  for (const serving::MonthlyUsage& usage : months) {
    json.writer.BeginObject().Field("count", usage.count).Field("month", usage.month);
    json.writer.Field("year", usage.year).EndObject();
  }
  json.writer.EndArray().EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
