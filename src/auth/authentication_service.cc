#include "auth/authentication_service.h"

#include "auth/login_call.h"
#include "base/log.h"

namespace tarn::auth {
namespace {

constexpr int64_t kTimeoutMs = 10'000;

/// What a status means that is no success.
struct Refusal {
  int status;
  Code code;
  std::string_view text;
};
constexpr Refusal kPrincipalRefusals[] = {
    {400, Code::kInvalidRequest, "invalid request"},
    {401, Code::kInsufficientPermissions, "invalid token format"},
    {403, Code::kForbidden, "session expired"}};
constexpr Refusal kCodeRefusals[] = {
    {400, Code::kInvalidRequest, "invalid authentication response: invalid request"},
    {401, Code::kInsufficientPermissions, "Unauthorized"}};

template <size_t kCount>
Status FailureOf(const LoginAnswer& answer, const Refusal (&refusals)[kCount]) {
  for (const Refusal& row : refusals)
    if (row.status == answer.status) return {row.code, std::string(row.text)};
  TARN_LOG_WARN("the authentication service answers with status {}", answer.status);
  return ServiceDown();
}

}  // namespace

Result<std::string> AuthenticationService::PrincipalOf(const Json& identity) const {
  TARN_TRY_ASSIGN(const LoginAnswer answer,
                  PostDocument(endpoint_ + "/auth/external/principal/login", identity, kTimeoutMs));
  if (answer.status != 200) return FailureOf(answer, kPrincipalRefusals);
  const auto id = answer.body.StringAt("id");
  if (!id) return ServiceDown();
  return std::string(*id);
}

Result<Json> AuthenticationService::ClaimsOf(const SignOnCode& code) const {
  const Json question(Json::Object{{"code", Json(code.code)},
                                   {"redirect_uri", Json(code.redirect_uri)},
                                   {"state", Json(code.state)}});
  TARN_TRY_ASSIGN(LoginAnswer answer, PostDocument(endpoint_ + "/sts/login", question, kTimeoutMs));
  if (answer.status != 200) return FailureOf(answer, kCodeRefusals);
  Json* const claims = answer.body.Find("claims");
  if (claims == nullptr || !claims->is_object()) return ServiceDown();
  return std::move(*claims);
}

}  // namespace tarn::auth
