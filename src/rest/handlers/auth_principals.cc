#include "rest/handlers/auth_common.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

auth::ExternalPrincipal PrincipalOf(const Call& call) {
  return {std::string(call.Text("principalId")), std::string(call.Text("userId"))};
}

void WritePrincipal(JsonWriter* json, const auth::ExternalPrincipal& principal) {
  json->BeginObject().Field("id", principal.id).Field("user_id", principal.username).EndObject();
}

}  // namespace

Result<http::Response> CreateUserExternalPrincipal(Call& call) {
  TARN_TRY(call.directory().AddPrincipal(PrincipalOf(call)));
  return EmptyAnswer(201);
}

Result<http::Response> DeleteUserExternalPrincipal(Call& call) {
  TARN_TRY(call.directory().RemovePrincipal(PrincipalOf(call)));
  return EmptyAnswer(204);
}

Result<http::Response> ListUserExternalPrincipals(Call& call) {
  TARN_TRY_ASSIGN(const auto page,
                  call.directory().ListPrincipals(call.Text("userId"), call.Page()));
  return AnswerPage(
      page, [](const auth::ExternalPrincipal& item) -> std::string_view { return item.id; },
      &WritePrincipal);
}

Result<http::Response> GetExternalPrincipal(Call& call) {
  TARN_TRY_ASSIGN(const auto principal, call.directory().GetPrincipal(call.Text("principalId")));
  JsonBuilder json;
  WritePrincipal(&json.writer, principal);
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
