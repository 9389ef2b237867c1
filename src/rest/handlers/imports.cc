#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/import/import.h"

namespace tarn::rest {

Result<http::Response> ImportStart(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  const Json& commit = *call.body().Find("commit");
  versioning::ImportRequest request;
  request.branch = BranchId(call.Text("branch"));
  for (const Json& path : call.body().Find("paths")->items()) {
    request.locations.push_back(
        {.type = path.StringAt("type") == "object" ? versioning::ImportLocationType::kObject
                                                   : versioning::ImportLocationType::kCommonPrefix,
         .path = std::string(path.StringAt("path").value_or("")),
         .destination = std::string(path.StringAt("destination").value_or(""))});
  }
  request.committer = call.user().committer();
  request.message = commit.StringAt("message").value_or("");
  if (const Json* metadata = commit.Find("metadata"); metadata && metadata->is_object())
    for (const auto& [key, value] : metadata->members()) request.metadata[key] = value.string();
  request.force = call.BodyFlag("force");
  TARN_TRY_ASSIGN(const std::string id, versioning::StartImport(call.context(), call.jobs(),
                                                                repository, std::move(request)));
  JsonBuilder json;
  json.writer.BeginObject().Field("id", id).EndObject();
  return std::move(json).Answer(202);
}

Result<http::Response> ImportStatus(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto status,
                  versioning::GetImport(call.jobs(), repository, call.Text("id")));
  JsonBuilder json;
  json.writer.BeginObject();
  if (status.commit) {
    json.writer.Key("commit");
    WriteCommit(&json.writer, *status.commit);
  }
  json.writer.Field("completed", status.completed);
  if (!status.error.empty()) {
    json.writer.Key("error").BeginObject();
    json.writer.Field("message", "import error: " + status.error).EndObject();
  }
  json.writer.Field("ingested_objects", status.ingested_objects);
  if (status.completed) json.writer.Field("metarange_id", status.metarange.view());
  json.writer.Field("update_time", FormatRfc3339(status.updated)).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> ImportCancel(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(versioning::CancelImport(call.jobs(), repository, call.Text("id")));
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
