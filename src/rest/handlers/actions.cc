#include <string>
#include <utility>

#include "hooks/run_records.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "serving/object_body.h"

namespace tarn::rest {
namespace {

std::string_view OutcomeOf(bool passed) { return passed ? "completed" : "failed"; }

void WriteRun(JsonWriter* json, const hooks::Run& run) {
  json->BeginObject().Field("branch", run.branch.view()).Field("commit_id", run.commit.view());
  json->Field("end_time", FormatRfc3339(run.ended)).Field("event_type", run.event_type);
  json->Field("run_id", run.id).Field("start_time", FormatRfc3339(run.started));
  json->Field("status", OutcomeOf(run.passed)).EndObject();
}

void WriteHookRun(JsonWriter* json, const hooks::HookRun& run) {
  json->BeginObject().Field("action", run.action_name);
  if (!run.skipped()) json->Field("end_time", FormatRfc3339(run.ended));
  json->Field("hook_id", run.hook_id).Field("hook_run_id", run.id);
  json->Field("start_time", FormatRfc3339(run.started));
  json->Field("status", run.skipped() ? "skipped" : OutcomeOf(run.passed)).EndObject();
}

refs::PageRequest PageOf(const Call& call) {
  return {.prefix = {}, .after = std::string(call.Text("after")), .amount = call.Amount()};
}

}  // namespace

Result<http::Response> ListRepositoryRuns(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  hooks::RunFilter filter;
  if (!call.Text("branch").empty()) filter.branch = BranchId(call.Text("branch"));
  if (!call.Text("commit").empty()) filter.commit = CommitId(call.Text("commit"));
  TARN_TRY_ASSIGN(const auto page,
                  hooks::ListRuns(call.context(), repository, PageOf(call), filter));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more,
      [](const auto& run) { return std::string_view(run.id); }, WriteRun);
  return std::move(json).Answer(200);
}

Result<http::Response> GetRun(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto run, hooks::GetRun(call.context(), repository, call.Text("run_id")));
  JsonBuilder json;
  WriteRun(&json.writer, run);
  return std::move(json).Answer(200);
}

Result<http::Response> ListRunHooks(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto page, hooks::ListHookRuns(call.context(), repository.id,
                                                       call.Text("run_id"), PageOf(call)));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more,
      [](const auto& run) { return std::string_view(run.id); }, WriteHookRun);
  return std::move(json).Answer(200);
}

Result<http::Response> GetRunHookOutput(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  const std::string hook_run_id(call.Text("hook_run_id"));
  TARN_TRY_ASSIGN(auto output, hooks::OpenHookOutput(call.context(), repository,
                                                     call.Text("run_id"), hook_run_id));
  if (output == nullptr) return EmptyAnswer(200);
  http::Response response;
  response.Add("Content-Disposition", "attachment; filename=" + hook_run_id + ".log");
  response.Add("Content-Type", "application/octet-stream");
  const int64_t size = output->properties().size;
  serving::SetObjectBody(&response, std::move(output), size);
  return response;
}

}  // namespace tarn::rest
