#include "refs/names.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/branch/branches.h"

namespace tarn::rest {

Result<http::Response> ListTags(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository("name"));
  TARN_TRY_ASSIGN(const auto page, call.refs().ListTags(repository, call.Page()));
  JsonBuilder json;
  WritePage(
      &json.writer, page.items, page.has_more, [](const auto& item) { return item.id.view(); },
      [](JsonWriter* out, const auto& item) { WriteRef(out, item.id.view(), item.commit); });
  return std::move(json).Answer(200);
}

Result<http::Response> CreateTag(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  versioning::CreateTagRequest request;
  request.id = TagId(call.BodyText("id"));
  request.ref = call.BodyText("ref");
  request.force = call.BodyFlag("force");
  TARN_TRY_ASSIGN(const auto tag, versioning::CreateTag(call.context(), repository, request));
  JsonBuilder json;
  WriteRef(&json.writer, tag.id.view(), tag.commit);
  return std::move(json).Answer(201);
}

Result<http::Response> GetTag(Call& call) {
  const TagId id(call.Text("tag"));
  TARN_TRY(refs::CheckTagId("tagID", id));
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const auto tag, call.refs().GetTag(repository, id));
  JsonBuilder json;
  WriteRef(&json.writer, tag.id.view(), tag.commit);
  return std::move(json).Answer(200);
}

Result<http::Response> DeleteTag(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(versioning::DeleteTag(call.context(), repository, TagId(call.Text("tag")),
                                 call.Flag("force")));
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
