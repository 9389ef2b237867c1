#include "catalog/symlinks.h"
#include "refs/names.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/merge.h"
#include "versioning/merge_base.h"

namespace tarn::rest {
namespace {

Result<http::Response> Diff(Call& call, const refs::Repository& repository,
                            catalog::DiffRequest request, bool with_right_stats) {
  request.prefix = call.Text("prefix");
  request.after = call.Text("after");
  request.delimiter = call.Text("delimiter");
  request.amount = call.Amount();
  TARN_TRY_ASSIGN(const auto page, call.catalog().Diff(repository, request));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more,
      [](const auto& item) { return std::string_view(item.path); },
      [&](JsonWriter* out, const auto& item) { WriteDiff(out, item, with_right_stats); });
  return std::move(json).Answer(200);
}

}  // namespace

Result<http::Response> DiffBranch(Call& call) {
  const BranchId branch(call.Text("branch"));
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  return Diff(call, repository, {.type = catalog::DiffType::kUncommitted, .left = branch.str()},
              /*with_right_stats=*/false);
}

Result<http::Response> DiffRefs(Call& call) {
  const bool two_dot = call.Text("type") == "two_dot";
  TARN_TRY_ASSIGN(const auto repository,
                  call.Repository(two_dot ? "repository" : "repositoryName"));
  catalog::DiffRequest request;
  request.type = two_dot ? catalog::DiffType::kTwoDot : catalog::DiffType::kThreeDot;
  request.left = call.Text("leftRef");
  request.right = call.Text("rightRef");
  return Diff(call, repository, std::move(request), call.Flag("include_right_stats"));
}

Result<http::Response> MergeIntoBranch(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::MergeRequest request;
  request.source = call.Text("sourceRef");
  request.destination = BranchId(call.Text("destinationBranch"));
  request.committer = call.user().committer();
  request.message = call.BodyText("message");
  request.metadata = call.BodyMap("metadata");
  request.strategy = call.BodyText("strategy");
  request.force = call.BodyFlag("force");
  request.allow_empty = call.BodyFlag("allow_empty");
  request.squash = call.BodyFlag("squash_merge");
  const Result<refs::Commit> merged = versioning::Merge(call.context(), repository, request);
  // A conflict answers the result's schema, without a commit.
  const bool conflict = merged.code() == Code::kConflict;
  if (!conflict) TARN_TRY(merged.status());
  JsonBuilder json;
  json.writer.BeginObject().Field("reference", conflict ? "" : merged->id.view()).EndObject();
  return std::move(json).Answer(conflict ? 409 : 200);
}

Result<http::Response> FindMergeBase(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  // The reference answers the two ids crossed over; clients have learned that.
  TARN_TRY_ASSIGN(const auto base,
                  versioning::FindMergeBase(call.context(), repository, call.Text("sourceRef"),
                                            call.Text("destinationBranch")));
  JsonBuilder json;
  json.writer.BeginObject().Field("base_commit_id", base.base.id.view());
  json.writer.Field("destination_commit_id", base.source.id.view());
  json.writer.Field("source_commit_id", base.destination.id.view()).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> CreateSymlinkFile(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY_ASSIGN(const std::string location,
                  catalog::WriteSymlinks(call.catalog(), repository, call.Text("branch"),
                                         call.Text("location")));
  JsonBuilder json;
  json.writer.BeginObject().Field("location", location).EndObject();
  return std::move(json).Answer(201);
}

}  // namespace tarn::rest
