#include "auth/remote_authenticator.h"

#include "auth/login_call.h"
#include "base/log.h"

namespace tarn::auth {

Result<std::optional<ExternalUser>> RemoteAuthenticator::Check(std::string_view name,
                                                               std::string_view password) {
  const Json question(Json::Object{{"username", Json(name)}, {"password", Json(password)}});
  TARN_TRY_ASSIGN(const LoginAnswer answer,
                  PostDocument(options_.endpoint, question, options_.timeout_ms));
  if (answer.status >= 400 && answer.status < 500) return std::optional<ExternalUser>();
  // A success without a document is none: perhaps something else answers there.
  if (!answer.is_success() || !answer.body.is_object()) {
    TARN_LOG_WARN("the remote authenticator answers with status {}{}", answer.status,
                  answer.is_success() ? " and no document" : "");
    return ServiceDown();
  }
  ExternalUser user;
  user.username = answer.body.StringAt("external_user_identifier").value_or("");
  if (user.username.empty()) user.username = name;
  user.friendly_name = name;
  user.keep_friendly_name = true;
  user.source = "remote_authenticator";
  user.groups = {options_.group};
  return std::optional(std::move(user));
}

}  // namespace tarn::auth
