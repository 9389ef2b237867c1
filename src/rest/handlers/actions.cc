#include <string>
#include <utility>
#include <vector>

#include "hooks/hook_service.h"
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

/// What all forms of a hook run have; the object is left open.
void BeginHookRun(JsonWriter* json, const hooks::HookRun& run, std::string_view status) {
  json->BeginObject().Field("action", run.action_name);
  if (run.ended != hooks::kNeverRun) json->Field("end_time", FormatRfc3339(run.ended));
  json->Field("hook_id", run.hook_id).Field("hook_run_id", run.id);
  json->Field("start_time", FormatRfc3339(run.started)).Field("status", status);
}

std::string_view StatusOf(const hooks::HookRun& run) {
  return run.skipped() ? "skipped" : OutcomeOf(run.passed);
}

void WriteHookRun(JsonWriter* json, const hooks::HookRun& run) {
  BeginHookRun(json, run, StatusOf(run));
  json->EndObject();
}

std::string_view StatusOf(const hooks::LiveHook& hook) {
  if (hook.state == hooks::HookState::kOver) return StatusOf(hook.run);
  return hook.state == hooks::HookState::kRunning ? "running" : "waiting";
}

void WriteRunningRun(JsonWriter* json, const hooks::RunningRun& running) {
  const hooks::Run& run = running.run;
  json->BeginObject().Field("branch", run.branch.view()).Field("commit_id", run.commit.view());
  json->Field("event_type", run.event_type).Key("hooks").BeginArray();
  for (const hooks::LiveHook& hook : running.hooks) {
    BeginHookRun(json, hook.run, StatusOf(hook));
    json->EndObject();
  }
  json->EndArray().Field("run_id", run.id);
  json->Field("start_time", FormatRfc3339(run.started)).Field("status", "running").EndObject();
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
  http::Response response;
  response.Add("Content-Disposition", "attachment; filename=" + hook_run_id + ".log");
  response.Add("Content-Type", "application/octet-stream");
  if (call.hooks() != nullptr) {
    TARN_TRY_ASSIGN(auto text,
                    call.hooks()->live_runs().Output(repository, call.Text("run_id"), hook_run_id));
    if (text) {
      response.body = *std::move(text);
      return response;
    }
  }
  TARN_TRY_ASSIGN(auto output, hooks::OpenHookOutput(call.context(), repository,
                                                     call.Text("run_id"), hook_run_id));
  if (output == nullptr) return EmptyAnswer(200);
  const int64_t size = output->properties().size;
  serving::SetObjectBody(&response, std::move(output), size);
  return response;
}

Result<http::Response> ListRunningRuns(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  std::vector<hooks::RunningRun> running;
  if (call.hooks() != nullptr) {
    TARN_TRY_ASSIGN(running, call.hooks()->live_runs().List(repository));
  }
  JsonBuilder json;
  json.writer.BeginObject().Key("results").BeginArray();
  for (const hooks::RunningRun& one : running) WriteRunningRun(&json.writer, one);
  json.writer.EndArray().EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> DryRunActions(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  const std::string name = call.BodyText("event_type");
  const auto event = versioning::FindHookEvent(name);
  if (!event) return Status(Code::kInvalidValue, "event '" + name + "' is not supported");
  if (call.hooks() == nullptr) {
    return Status(Code::kInvalidValue, "this server runs no hooks (actions.enabled)");
  }
  constexpr auth::Permission kCommit("fs:CreateCommit",
                                     "arn:lakefs:fs:::repository/{repository}/branch/{announced}");
  const auto may_announce = [&](std::string_view branch) {
    return call.Decide(kCommit, "announced", branch);
  };
  TARN_TRY_ASSIGN(const hooks::DryRun dry,
                  call.hooks()->Try(repository, {.event = *event,
                                                 .ref = call.BodyText("ref"),
                                                 .branch = call.BodyText("branch"),
                                                 .tag = call.BodyText("tag"),
                                                 .user = call.user().username,
                                                 .text = call.BodyText("content"),
                                                 .may_announce = may_announce}));
  JsonBuilder json;
  json.writer.BeginObject().Key("hooks").BeginArray();
  for (const hooks::DryRun::Hook& hook : dry.hooks) {
    BeginHookRun(&json.writer, hook.run, StatusOf(hook.run));
    json.writer.Field("output", hook.output).EndObject();
  }
  json.writer.EndArray();
  if (!dry.outcome.ok()) json.writer.Field("message", dry.outcome.message());
  json.writer.Field("run_id", dry.run_id).Field("status", OutcomeOf(dry.outcome.ok())).EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
