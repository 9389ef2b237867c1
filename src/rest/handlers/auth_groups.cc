#include "auth/group_acl.h"
#include "rest/handlers/auth_common.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

void WriteGroup(JsonWriter* json, const auth::Group& group) {
  json->BeginObject().Field("creation_date", group.created.seconds);
  if (group.has_description) json->Field("description", group.description);
  json->Field("id", group.id.empty() ? group.name : group.id).Field("name", group.name).EndObject();
}

}  // namespace

Result<http::Response> ListGroups(Call& call) {
  TARN_TRY_ASSIGN(const auto page, call.directory().ListGroups(call.Page()));
  return AnswerPage(
      page, [](const auth::Group& group) -> std::string_view { return group.name; }, &WriteGroup);
}

Result<http::Response> CreateGroup(Call& call) {
  const auto description = call.body().StringAt("description");
  const auth::Group group{.name = call.BodyText("id"),
                          .created = call.context().clock.Now(),
                          .description = std::string(description.value_or("")),
                          .has_description = description.has_value()};
  TARN_TRY(CheckNoPercent("Group", group.name));
  TARN_TRY_ASSIGN(const auth::Group made, call.directory().AddGroup(group));
  JsonBuilder json;
  WriteGroup(&json.writer, made);
  return std::move(json).Answer(201);
}

Result<http::Response> GetGroup(Call& call) {
  TARN_TRY_ASSIGN(const auth::Group group, call.directory().GetGroup(call.Text("groupId")));
  JsonBuilder json;
  json.writer.BeginObject().Field("creation_date", group.created.seconds);
  if (group.has_description) json.writer.Field("description", group.description);
  json.writer.Field("id", group.name).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> DeleteGroup(Call& call) {
  TARN_TRY(call.directory().DeleteGroup(call.Text("groupId")));
  return EmptyAnswer(204);
}

Result<http::Response> ListGroupMembers(Call& call) {
  TARN_TRY_ASSIGN(const auto page, call.directory().ListMembers(call.Text("groupId"), call.Page()));
  return AnswerUsers(page);
}

Result<http::Response> AddGroupMembership(Call& call) {
  TARN_TRY(call.directory().AddMember(call.Text("groupId"), call.Text("userId")));
  return EmptyAnswer(201);
}

Result<http::Response> DeleteGroupMembership(Call& call) {
  TARN_TRY(call.directory().RemoveMember(call.Text("groupId"), call.Text("userId")));
  return EmptyAnswer(204);
}

Result<http::Response> GetGroupAcl(Call& call) {
  TARN_TRY_ASSIGN(const auth::GroupAcl acl,
                  auth::GetGroupAcl(call.directory(), call.Text("groupId")));
  JsonBuilder json;
  if (acl.why_none.empty()) {
    json.writer.BeginObject().Field("permission", acl.permission).EndObject();
    return std::move(json).Answer(200);
  }
  json.writer.BeginObject().Field("message", acl.why_none).Field("no_acl", true).EndObject();
  return std::move(json).Answer(404);
}

Result<http::Response> SetGroupAcl(Call& call) {
  TARN_TRY(auth::SetGroupAcl(call.directory(), call.Text("groupId"), call.BodyText("permission"),
                             call.context().clock.Now()));
  return EmptyAnswer(201);
}

}  // namespace tarn::rest
