#include "refs/pulls.h"

#include <array>
#include <optional>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/repository/pulls.h"

namespace tarn::rest {
namespace {

/// Names of the states, by refs::PullStatus.
constexpr std::array<std::string_view, 3> kStatusNames = {"open", "closed", "merged"};

struct FilterName {
  std::string_view name;
  refs::PullFilter filter;
};
constexpr std::array<FilterName, 3> kFilters = {{{"all", refs::PullFilter::kAll},
                                                 {"open", refs::PullFilter::kOpen},
                                                 {"closed", refs::PullFilter::kClosed}}};

refs::PullFilter FilterNamed(std::string_view name) {
  for (const FilterName& filter : kFilters)
    if (filter.name == name) return filter.filter;
  return refs::PullFilter::kAll;
}

/// A property of the body as it is, or nothing if it is not there.
std::optional<std::string> Given(const Call& call, std::string_view name) {
  const auto text = call.body().StringAt(name);
  if (!text) return std::nullopt;
  return std::string(*text);
}

/// REQUIRES a name from the schema's list.
std::optional<refs::PullStatus> GivenStatus(const Call& call) {
  const auto text = call.body().StringAt("status");
  for (size_t i = 0; text && i < kStatusNames.size(); ++i)
    if (kStatusNames[i] == *text) return static_cast<refs::PullStatus>(i);
  return std::nullopt;
}

/// Items of a list are shown without description and merge commit.
void WritePull(JsonWriter* json, const refs::Pull& pull, bool in_list) {
  json->BeginObject();
  if (!in_list) json->Field("description", pull.description);
  json->Field("status", kStatusNames[static_cast<size_t>(pull.status)]);
  json->Field("title", pull.title).Field("author", pull.author);
  if (pull.closed) json->Field("closed_date", FormatRfc3339(*pull.closed));
  json->Field("creation_date", FormatRfc3339(pull.created));
  json->Field("destination_branch", pull.destination.view()).Field("id", pull.id);
  if (pull.merge_commit && !in_list) json->Field("merged_commit_id", pull.merge_commit->view());
  json->Field("source_branch", pull.source.view()).EndObject();
}

}  // namespace

Result<http::Response> ListPullRequests(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(versioning::SettleMerges(call.context(), repository));
  TARN_TRY_ASSIGN(const auto page, refs::ListPulls(call.context().kv, repository, call.Page(),
                                                   FilterNamed(call.Text("status"))));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more,
      [](const auto& item) { return std::string_view(item.id); },
      [](JsonWriter* out, const auto& item) { WritePull(out, item, /*in_list=*/true); });
  return std::move(json).Answer(200);
}

Result<http::Response> CreatePullRequest(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::CreatePullRequest request;
  request.source = BranchId(call.BodyText("source_branch"));
  request.destination = BranchId(call.BodyText("destination_branch"));
  request.title = call.BodyText("title");
  request.description = call.BodyText("description");
  request.author = call.user().committer();
  TARN_TRY_ASSIGN(const auto pull, versioning::CreatePull(call.context(), repository, request));
  JsonBuilder json;
  json.writer.BeginObject().Field("id", pull.id).EndObject();
  return std::move(json).Answer(201);
}

Result<http::Response> GetPullRequest(Call& call) {
  const std::string_view id = call.Text("pull_request");
  TARN_TRY(refs::CheckPullId("pullRequestID", id));
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(versioning::SettleMerges(call.context(), repository));
  TARN_TRY_ASSIGN(const auto pull, refs::GetPull(call.context().kv, repository, id));
  JsonBuilder json;
  WritePull(&json.writer, pull, /*in_list=*/false);
  return std::move(json).Answer(200);
}

Result<http::Response> UpdatePullRequest(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::PullChange change;
  change.title = Given(call, "title");
  change.description = Given(call, "description");
  change.status = GivenStatus(call);
  TARN_TRY(versioning::UpdatePull(call.context(), repository, call.Text("pull_request"), change));
  return EmptyAnswer(204);
}

Result<http::Response> MergePullRequest(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const auto merged,
                  versioning::MergePull(call.context(), repository, call.Text("pull_request"),
                                        call.user().committer()));
  JsonBuilder json;
  json.writer.BeginObject().Field("reference", merged.id.view()).EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
