#include "versioning/branch/branches.h"

#include "refs/names.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/reset.h"

namespace tarn::rest {

Result<http::Response> ListBranches(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const auto page,
                  call.refs().ListBranches(repository, call.Page(), call.Flag("show_hidden")));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more, [](const auto& item) { return item.id.view(); },
      [](JsonWriter* out, const auto& item) { WriteRef(out, item.id.view(), item.commit); });
  return std::move(json).Answer(200);
}

Result<http::Response> CreateBranch(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::CreateBranchRequest request;
  request.id = BranchId(call.BodyText("name"));
  request.source = call.BodyText("source");
  request.hidden = call.BodyFlag("hidden");
  request.force = call.BodyFlag("force");
  TARN_TRY_ASSIGN(const auto branch, versioning::CreateBranch(call.context(), repository, request));
  http::Response response;
  response.status = 201;
  response.Add("Content-Type", "text/plain; charset=utf-8");
  response.body = branch.commit.str();
  return response;
}

Result<http::Response> GetBranch(Call& call) {
  const BranchId id(call.Text("branch"));
  TARN_TRY(refs::CheckBranchId("branch", id));
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const auto branch, call.refs().GetBranch(repository, id));
  JsonBuilder json;
  WriteRef(&json.writer, branch.id.view(), branch.commit);
  return std::move(json).Answer(200);
}

Result<http::Response> ResetBranch(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  const BranchId branch(call.Text("branch"));
  const std::string path = call.BodyText("path");
  const bool force = call.BodyFlag("force");
  const std::string type = call.BodyText("type");  // One of three, by the schema.
  if (type == "object") {
    TARN_TRY(versioning::ResetPath(call.context(), repository, branch, path, force));
  } else if (type == "common_prefix") {
    TARN_TRY(versioning::ResetPrefix(call.context(), repository, branch, path, force));
  } else {
    TARN_TRY(versioning::ResetBranch(call.context(), repository, branch, force));
  }
  return EmptyAnswer(204);
}

Result<http::Response> HardResetBranch(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(versioning::HardResetBranch(call.context(), repository, BranchId(call.Text("branch")),
                                       call.Text("ref"), call.Flag("force")));
  return EmptyAnswer(204);
}

Result<http::Response> DeleteBranch(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(versioning::DeleteBranch(call.context(), repository, BranchId(call.Text("branch")),
                                    call.Flag("force")));
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
