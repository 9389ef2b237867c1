#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"
#include "rest/presigned/presign.h"
#include "versioning/gc/gc_commits.h"
#include "versioning/gc/gc_rules.h"
#include "versioning/gc/gc_uncommitted.h"
#include "versioning/jobs/job_kinds.h"

namespace tarn::rest {
namespace {

/// Days, which the schema keeps within 32 bits.
Result<int32_t> DaysAt(const Json& object, std::string_view name) {
  const auto days = object.IntAt(name);
  if (!days) return Status(Code::kInvalidRequest, "failed to decode request body: days");
  return static_cast<int32_t>(*days);
}

/// The object of a run; `url` absent: left out.
void WriteRun(JsonWriter* json, const versioning::GcCommitsRun& run,
              const std::optional<std::string>& url) {
  json->BeginObject().Field("gc_addresses_location", run.addresses_location);
  json->Field("gc_commits_location", run.commits_location);
  if (url) json->Field("gc_commits_presigned_url", *url);
  json->Field("run_id", run.run_id).EndObject();
}

/// A URL of a run's list, if the store has such URLs.
Result<std::optional<std::string>> PresignList(const Call& call, const refs::Repository& repository,
                                               const versioning::GcCommitsRun& run) {
  if (!call.context().objects.info().presign_support) return std::optional<std::string>();
  TARN_TRY_ASSIGN(
      auto presigned,
      Presign(call, {.object = {repository.storage_namespace.view(), run.commits_address},
                     .content_type = "text/csv"}));
  return std::optional(std::move(presigned.url));
}

}  // namespace

Result<http::Response> GetGCRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto rules, versioning::GetGcRules(call.context(), repository));
  JsonBuilder json;
  json.writer.BeginObject().Key("branches");
  if (rules.branch_retention_days.empty()) {
    json.writer.Null();
  } else {
    json.writer.BeginArray();
    for (const auto& [branch, days] : rules.branch_retention_days) {
      json.writer.BeginObject().Field("branch_id", branch).Field("retention_days", days);
      json.writer.EndObject();
    }
    json.writer.EndArray();
  }
  json.writer.Field("default_retention_days", rules.default_retention_days).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> SetGCRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  versioning::GcRules rules;
  TARN_TRY_ASSIGN(rules.default_retention_days, DaysAt(call.body(), "default_retention_days"));
  for (const Json& branch : call.body().Find("branches")->items()) {
    TARN_TRY_ASSIGN(rules.branch_retention_days[std::string(*branch.StringAt("branch_id"))],
                    DaysAt(branch, "retention_days"));
  }
  TARN_TRY(versioning::SetGcRules(call.context(), repository, rules));
  return EmptyAnswer(204);
}

Result<http::Response> DeleteGCRules(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(versioning::DeleteGcRules(call.context(), repository));
  return EmptyAnswer(204);
}

Result<http::Response> PrepareGCCommits(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto run, versioning::PrepareGcCommits(call.context(), repository));
  TARN_TRY_ASSIGN(const auto url, PresignList(call, repository, run));
  JsonBuilder json;
  // Without one the property is empty here, and left out of the status of a task.
  WriteRun(&json.writer, run, url.value_or(""));
  return std::move(json).Answer(201);
}

Result<http::Response> PrepareGCCommitsAsync(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const std::string id,
                  call.jobs().Start(versioning::kPrepareGcCommitsJob, repository,
                                    versioning::PrepareGcCommitsTask(call.context(), repository)));
  JsonBuilder json;
  json.writer.BeginObject().Field("id", id).EndObject();
  return std::move(json).Answer(202);
}

Result<http::Response> PrepareGCCommitsStatus(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto task,
                  call.jobs().Get(versioning::kPrepareGcCommitsJob, repository, call.Text("id")));
  JsonBuilder json;
  json.writer.BeginObject().Field("completed", task.state != versioning::JobState::kRunning);
  if (!task.error.text.empty()) {
    json.writer.Key("error").BeginObject().Field("message", task.error.text).EndObject();
  } else if (task.state == versioning::JobState::kDone && task.result) {
    TARN_TRY_ASSIGN(const auto run, versioning::DecodeGcCommitsInfo(call.context(), *task.result));
    TARN_TRY_ASSIGN(const auto url, PresignList(call, repository, run));
    json.writer.Key("result");
    WriteRun(&json.writer, run, url);
  }
  json.writer.Field("task_id", task.id);
  json.writer.Field("update_time", FormatRfc3339(task.updated)).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> PrepareGCUncommitted(Call& call) {
  std::optional<versioning::GcMark> mark;
  if (const std::string token = call.BodyText("continuation_token"); !token.empty()) {
    TARN_TRY_ASSIGN(mark, versioning::DecodeGcMark(token));
  }
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto page,
                  versioning::PrepareGcUncommitted(call.context(), repository, mark,
                                                   call.options().gc_page_limits));
  JsonBuilder json;
  json.writer.BeginObject();
  if (page.next) json.writer.Field("continuation_token", versioning::EncodeGcMark(*page.next));
  json.writer.Field("gc_uncommitted_location", page.location);
  json.writer.Field("run_id", page.run_id).EndObject();
  return std::move(json).Answer(201);
}

}  // namespace tarn::rest
