#include "versioning/repository/repositories.h"

#include "catalog/sample_data.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {

Result<http::Response> ListRepositories(Call& call) {
  TARN_TRY_ASSIGN(const auth::Visibility sight, call.See());
  const auto shows = [&](const RepositoryId& id) { return sight.Shows(id.view()); };
  TARN_TRY_ASSIGN(const auto page,
                  call.catalog().ListRepositories(call.Page(), call.Text("search"), shows));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more, [](const auto& item) { return item.id.view(); },
      [](JsonWriter* out, const auto& item) { WriteRepository(out, item); });
  return std::move(json).Answer(200);
}

Result<http::Response> CreateRepository(Call& call) {
  versioning::CreateRepositoryRequest request;
  request.id = RepositoryId(call.BodyText("name"));
  request.storage_namespace = StorageNamespace(call.BodyText("storage_namespace"));
  request.storage_id = call.BodyText("storage_id");
  request.default_branch = BranchId(call.BodyText("default_branch"));
  request.bare = call.Flag("bare");
  request.read_only = call.BodyFlag("read_only");
  if (call.BodyFlag("sample_data")) {
    request.fill = [&](const refs::Repository& repository) {
      return catalog::AddSampleData(call.catalog(), repository, call.user().committer());
    };
  }
  TARN_TRY_ASSIGN(const auto repository, versioning::CreateRepository(call.context(), request));
  JsonBuilder json;
  WriteRepository(&json.writer, repository, /*with_read_only=*/!request.bare);
  return std::move(json).Answer(201);
}

Result<http::Response> GetRepository(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  JsonBuilder json;
  WriteRepository(&json.writer, repository);
  return std::move(json).Answer(200);
}

Result<http::Response> DeleteRepository(Call& call) {
  TARN_TRY(versioning::DeleteRepository(call.context(), call.repository_id(), call.Flag("force")));
  return EmptyAnswer(204);
}

Result<http::Response> GetRepositoryMetadata(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const Metadata metadata, call.refs().GetRepositoryMetadata(repository));
  JsonBuilder json;
  json.writer.BeginObject();
  for (const auto& [key, value] : metadata) json.writer.DataKey(key).String(value);
  json.writer.EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> SetRepositoryMetadata(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  const Metadata added = call.BodyMap("metadata");
  TARN_TRY(call.refs().UpdateRepositoryMetadata(repository, [&](Metadata* metadata) {
    for (const auto& [key, value] : added) (*metadata)[key] = value;
  }));
  return EmptyAnswer(204);
}

Result<http::Response> DeleteRepositoryMetadata(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  TARN_TRY(call.refs().UpdateRepositoryMetadata(repository, [&](Metadata* metadata) {
    for (const Json& key : call.body().Find("keys")->items()) metadata->erase(key.string());
  }));
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
