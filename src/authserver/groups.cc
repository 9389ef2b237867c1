#include "authserver/answers.h"
#include "authserver/handlers.h"

namespace tarn::authserver {

Result<http::Response> ListGroups(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page, call.directory().ListGroups(request));
  return AnswerPage(page, &auth::Group::name, &WriteGroup);
}

Result<http::Response> CreateGroup(Call& call) {
  const auth::Group group{call.Text("id"), call.now(), call.Text("description")};
  TARN_TRY(call.directory().CreateGroup(group));
  return AnswerOne(201, group, group.description.empty() ? &WriteGroupName : &WriteGroup);
}

Result<http::Response> GetGroup(Call& call) {
  TARN_TRY_ASSIGN(const auth::Group group, call.directory().GetGroup(call.GroupName()));
  return AnswerOne(200, group, &WriteGroup);
}

Result<http::Response> DeleteGroup(Call& call) {
  TARN_TRY(call.directory().DeleteGroup(call.GroupName()));
  return serving::EmptyAnswer(204);
}

Result<http::Response> ListMembers(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page, call.directory().ListMembers(call.GroupName(), request));
  return AnswerUsers(page);
}

Result<http::Response> AddMember(Call& call) {
  TARN_TRY(call.directory().AddMember(call.GroupName(), call.UserName()));
  return serving::EmptyAnswer(201);
}

Result<http::Response> RemoveMember(Call& call) {
  TARN_TRY(call.directory().RemoveMember(call.GroupName(), call.UserName()));
  return serving::EmptyAnswer(204);
}

Result<http::Response> ListUserGroups(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page, call.directory().ListGroupsOf(call.UserName(), request));
  return AnswerPage(page, &auth::Group::name, &WriteGroupName);
}

}  // namespace tarn::authserver
