#include "versioning/repository/refs_dump.h"

#include <string>
#include <utility>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"
#include "versioning/jobs/job_kinds.h"

namespace tarn::rest {
namespace {

void WriteDump(JsonWriter* json, const versioning::RefsDump& dump) {
  json->BeginObject().Field("branches_meta_range_id", dump.branches.view());
  json->Field("commits_meta_range_id", dump.commits.view());
  json->Field("tags_meta_range_id", dump.tags.view()).EndObject();
}

versioning::RefsDump DumpInBody(const Call& call) {
  return {MetarangeId(call.BodyText("commits_meta_range_id")),
          MetarangeId(call.BodyText("tags_meta_range_id")),
          MetarangeId(call.BodyText("branches_meta_range_id"))};
}

Result<http::Response> TaskAnswer(const std::string& id) {
  JsonBuilder json;
  json.writer.BeginObject().Field("id", id).EndObject();
  return std::move(json).Answer(202);
}

Result<http::Response> StatusAnswer(Call& call, const versioning::JobKind& kind) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto task, call.jobs().Get(kind, repository, call.Text("task_id")));
  JsonBuilder json;
  json.writer.BeginObject().Field("done", task.state != versioning::JobState::kRunning);
  if (!task.error.text.empty()) json.writer.Field("error", task.error.text);
  json.writer.Field("id", task.id);
  if (task.state == versioning::JobState::kDone && task.result) {
    TARN_TRY_ASSIGN(const auto dump, versioning::DecodeDumpInfo(*task.result));
    json.writer.Key("refs");
    WriteDump(&json.writer, dump);
  }
  json.writer.Field("update_time", FormatRfc3339(task.updated)).EndObject();
  return std::move(json).Answer(200);
}

}  // namespace

Result<http::Response> DumpRefs(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const auto dump, versioning::DumpRefs(call.context(), repository));
  JsonBuilder json;
  WriteDump(&json.writer, dump);
  return std::move(json).Answer(201);
}

Result<http::Response> RestoreRefs(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(versioning::CheckBare(call.context(), repository));
  TARN_TRY(versioning::RestoreRefs(call.context(), repository, DumpInBody(call),
                                   call.BodyFlag("force")));
  return EmptyAnswer(200);
}

Result<http::Response> DumpSubmit(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const std::string id,
                  call.jobs().Start(versioning::kDumpRefsJob, repository,
                                    versioning::DumpRefsTask(call.context(), repository)));
  return TaskAnswer(id);
}

Result<http::Response> DumpStatus(Call& call) {
  return StatusAnswer(call, versioning::kDumpRefsJob);
}

Result<http::Response> RestoreSubmit(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(versioning::CheckBare(call.context(), repository));
  TARN_TRY_ASSIGN(
      const std::string id,
      call.jobs().Start(versioning::kRestoreRefsJob, repository,
                        versioning::RestoreRefsTask(call.context(), repository, DumpInBody(call),
                                                    call.BodyFlag("force"))));
  return TaskAnswer(id);
}

Result<http::Response> RestoreStatus(Call& call) {
  return StatusAnswer(call, versioning::kRestoreRefsJob);
}

}  // namespace tarn::rest
