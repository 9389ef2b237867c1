#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

void WriteLoginConfig(JsonWriter* json, const Options& options, auth::Mode mode) {
  json->BeginObject().Field("RBAC", auth::ModeName(mode));
  if (!options.fallback_login_label.empty())
    json->Field("fallback_login_label", options.fallback_login_label);
  if (!options.fallback_login_url.empty())
    json->Field("fallback_login_url", options.fallback_login_url);
  json->Key("login_cookie_names").BeginArray();
  for (const std::string& name : options.login_cookie_names) json->String(name);
  json->EndArray();
  json->Field("login_failed_message", options.login_failed_message);
  json->Field("login_url", options.login_url).Field("login_url_method", "none");
  json->Field("logout_url", options.logout_url);
  if (options.use_login_placeholders) {
    json->Field("password_ui_placeholder", "Password");
    json->Field("username_ui_placeholder", "Username");
  }
  json->EndObject();
}

auth::CommunicationPreferences PreferencesOf(const Call& call) {
  return {.email = call.BodyText("email"),
          .first_name = call.BodyText("firstName"),
          .last_name = call.BodyText("lastName"),
          .company_name = call.BodyText("companyName"),
          .feature_updates = call.BodyFlag("featureUpdates")};
}

}  // namespace

Result<http::Response> GetSetupState(Call& call) {
  TARN_TRY_ASSIGN(const bool initialized, call.auth().Initialized());
  bool missing = false;
  if (call.options().email_subscription) {
    TARN_TRY_ASSIGN(missing, call.auth().CommunicationPreferencesMissing());
  }
  JsonBuilder json;
  json.writer.BeginObject().Field("comm_prefs_missing", missing).Key("login_config");
  WriteLoginConfig(&json.writer, call.options(), call.auth().mode());
  json.writer.Field("state", initialized ? "initialized" : "not_initialized").EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> Setup(Call& call) {
  auth::SetupRequest request;
  request.username = call.BodyText("username");
  if (const Json* key = call.body().Find("key"); key && key->is_object()) {
    request.key = auth::Credentials{
        .access_key_id = std::string(key->StringAt("access_key_id").value_or("")),
        .secret_access_key = std::string(key->StringAt("secret_access_key").value_or("")),
        .issued = {}};
  }
  request.preferences = PreferencesOf(call);
  TARN_TRY_ASSIGN(const auth::Credentials made, call.auth().SetUp(request));
  JsonBuilder json;
  json.writer.BeginObject().Field("access_key_id", made.access_key_id);
  json.writer.Field("creation_date", made.issued.seconds);
  json.writer.Field("secret_access_key", made.secret_access_key).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> SetupCommPrefs(Call& call) {
  if (!call.options().email_subscription)
    return Status(Code::kConflict, "communication preferences already set");
  TARN_TRY(call.auth().SetCommunicationPreferences(PreferencesOf(call)));
  return EmptyAnswer(200);
}

}  // namespace tarn::rest
