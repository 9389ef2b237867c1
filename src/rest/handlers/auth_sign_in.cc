#include <utility>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {

Result<http::Response> GetCurrentUser(Call& call) {
  JsonBuilder json;
  json.writer.BeginObject().Key("user");
  if (call.maybe_user()) {
    auth::User user = *call.maybe_user();
    if (!std::exchange(user.has_friendly_name, true)) user.friendly_name = user.username;
    WriteUser(&json.writer, user);
  } else {
    json.writer.BeginObject().Field("creation_date", 0).Field("id", "").EndObject();
  }
  json.writer.EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> Login(Call& call) {
  TARN_TRY_ASSIGN(const auth::Login login, call.auth().LogIn(call.BodyText("access_key_id"),
                                                             call.BodyText("secret_access_key")));
  JsonBuilder json;
  json.writer.BeginObject().Field("token", login.token);
  json.writer.Field("token_expiration", login.expires_seconds).EndObject();
  http::Response response = std::move(json).Answer(200);
  response.Add("Set-Cookie", login.cookie);
  return response;
}

Result<http::Response> GetAuthCapabilities(Call& call) {
  JsonBuilder json;
  json.writer.BeginObject().Field("invite_user", call.auth().mode() != auth::Mode::kNone);
  json.writer.EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
