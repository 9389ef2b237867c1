// Who is known to other services, and which users they may sign in as.
#include "authserver/answers.h"
#include "authserver/handlers.h"

namespace tarn::authserver {
namespace {

constexpr std::string_view kIdParameter = "principalId";

Result<auth::ExternalPrincipal> PrincipalOf(const Call& call) {
  TARN_TRY_ASSIGN(std::string id, call.NeedQuery(kIdParameter));
  return auth::ExternalPrincipal{std::move(id), std::string(call.UserName())};
}

}  // namespace

Result<http::Response> ListPrincipals(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page, call.directory().ListPrincipals(call.UserName(), request));
  return AnswerPage(page, &auth::ExternalPrincipal::id, &WritePrincipal);
}

Result<http::Response> CreatePrincipal(Call& call) {
  TARN_TRY_ASSIGN(const auth::ExternalPrincipal principal, PrincipalOf(call));
  TARN_TRY(call.directory().AddPrincipal(principal));
  return serving::EmptyAnswer(201);
}

Result<http::Response> DeletePrincipal(Call& call) {
  TARN_TRY_ASSIGN(const auth::ExternalPrincipal principal, PrincipalOf(call));
  TARN_TRY(call.directory().RemovePrincipal(principal));
  return serving::EmptyAnswer(204);
}

Result<http::Response> GetPrincipal(Call& call) {
  TARN_TRY_ASSIGN(const std::string id, call.NeedQuery(kIdParameter));
  TARN_TRY_ASSIGN(const auth::ExternalPrincipal principal, call.directory().GetPrincipal(id));
  return AnswerOne(200, principal, &WritePrincipal);
}

}  // namespace tarn::authserver
