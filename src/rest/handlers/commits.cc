#include "versioning/commit.h"

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/cherry_pick.h"
#include "versioning/log/log.h"
#include "versioning/revert.h"

namespace tarn::rest {
namespace {

http::Response CommitAnswer(int status, const refs::Commit& commit) {
  JsonBuilder json;
  WriteCommit(&json.writer, commit);
  return std::move(json).Answer(status);
}

versioning::CommitOverrides OverridesOf(const Call& call) {
  versioning::CommitOverrides overrides;
  const Json* sent = call.body().Find("commit_overrides");
  if (!sent) return overrides;
  overrides.message = sent->StringAt("message").value_or("");
  if (const Json* metadata = sent->Find("metadata")) overrides.metadata = MapOf(*metadata);
  return overrides;
}

}  // namespace

Result<http::Response> Commit(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::CommitRequest request;
  request.branch = BranchId(call.Text("branch"));
  request.committer = call.user().committer();
  request.message = call.BodyText("message");
  request.metadata = call.BodyMap("metadata");
  request.date_seconds = call.body().IntAt("date");
  if (call.Has("source_metarange"))
    request.source_metarange = MetarangeId(call.Text("source_metarange"));
  request.allow_empty = call.BodyFlag("allow_empty");
  request.force = call.BodyFlag("force");
  TARN_TRY_ASSIGN(const auto commit, versioning::Commit(call.context(), repository, request));
  return CommitAnswer(201, commit);
}

Result<http::Response> CreateCommitRecord(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  const Json& body = call.body();
  refs::Commit commit;
  commit.id = CommitId(call.BodyText("commit_id"));
  commit.version = static_cast<int32_t>(body.IntAt("version").value_or(0));
  commit.committer = call.BodyText("committer");
  commit.message = call.BodyText("message");
  commit.metarange = MetarangeId(call.BodyText("metarange_id"));
  commit.created = {body.IntAt("creation_date").value_or(0), 0};
  for (const Json& parent : body.Find("parents")->items())
    commit.parents.emplace_back(parent.string());
  commit.metadata = call.BodyMap("metadata");
  commit.generation = static_cast<int32_t>(body.IntAt("generation").value_or(0));
  TARN_TRY(
      versioning::CreateCommitRecord(call.context(), repository, commit, call.BodyFlag("force")));
  return EmptyAnswer(204);
}

Result<http::Response> GetCommit(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  Result<refs::Commit> commit = call.refs().ResolveCommit(repository, call.Text("commitId"));
  // Here, and only here, a ref that leads nowhere is called a missing commit.
  if (commit.code() == Code::kNotFound) return Status(Code::kCommitNotFound, "commit not found");
  TARN_TRY(commit.status());
  return CommitAnswer(200, *commit);
}

Result<http::Response> RevertBranch(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::RevertRequest request;
  request.branch = BranchId(call.Text("branch"));
  request.ref = call.BodyText("ref");
  request.parent_number = call.body().IntAt("parent_number").value_or(0);
  request.committer = call.user().committer();
  request.overrides = OverridesOf(call);
  request.allow_empty = call.BodyFlag("allow_empty");
  request.force = call.BodyFlag("force");
  TARN_TRY(versioning::Revert(call.context(), repository, request));
  return EmptyAnswer(204);
}

Result<http::Response> CherryPick(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::CherryPickRequest request;
  request.branch = BranchId(call.Text("branch"));
  request.ref = call.BodyText("ref");
  request.parent_number = call.body().IntAt("parent_number");
  request.committer = call.user().committer();
  request.overrides = OverridesOf(call);
  request.force = call.BodyFlag("force");
  TARN_TRY_ASSIGN(const auto commit, versioning::CherryPick(call.context(), repository, request));
  return CommitAnswer(201, commit);
}

Result<http::Response> LogCommits(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::LogRequest request;
  request.ref = call.Text("ref");
  request.after = call.Text("after");
  request.stop_at = call.Text("stop_at");
  request.amount = call.Amount();
  request.limit = call.Flag("limit");
  request.first_parent = call.Flag("first_parent");
  if (!call.Text("since").empty()) request.since_seconds = call.Value("since").time.seconds;
  request.objects = call.List("objects");
  request.prefixes = call.List("prefixes");
  TARN_TRY_ASSIGN(const auto page, versioning::Log(call.context(), repository, request));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more, [](const auto& item) { return item.id.view(); },
      [](JsonWriter* out, const auto& item) { WriteCommit(out, item); });
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
