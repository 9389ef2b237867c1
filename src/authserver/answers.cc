#include "authserver/answers.h"

#include "auth/policy_json.h"
#include "authserver/error_table.h"
#include "codec/base64.h"

namespace tarn::authserver {

http::Response ErrorAnswer(const Status& status) {
  const ErrorRow& row = ErrorRowOf(status.code());
  return serving::MessageAnswer(row.status, row.text.empty() ? status.message() : row.text);
}

void WriteUser(JsonWriter* json, const auth::User& user) {
  json->BeginObject().Field("creation_date", user.created.seconds).Field("email", user.email);
  json->Key("encryptedPassword");
  if (user.encrypted_password.empty())
    json->Null();
  else
    json->String(EncodeBase64(user.encrypted_password));
  json->Field("external_id", user.external_id).Field("friendly_name", user.friendly_name);
  json->Field("source", user.source).Field("username", user.username).EndObject();
}

void WriteGroup(JsonWriter* json, const auth::Group& group) {
  json->BeginObject().Field("creation_date", group.created.seconds);
  json->Field("description", group.description).Field("name", group.name).EndObject();
}

void WriteGroupName(JsonWriter* json, const auth::Group& group) {
  json->BeginObject().Field("creation_date", group.created.seconds);
  json->Field("name", group.name).EndObject();
}

void WritePolicy(JsonWriter* json, const auth::StoredPolicy& policy) {
  json->BeginObject();
  if (!policy.acl.empty()) json->Field("acl", policy.acl);
  json->Field("creation_date", policy.created.seconds).Field("name", policy.name);
  json->Key("statement").BeginArray();
  for (const auth::Statement& statement : policy.policy.statements)
    auth::WriteStatement(json, statement);
  json->EndArray().EndObject();
}

void WritePrincipal(JsonWriter* json, const auth::ExternalPrincipal& principal) {
  json->BeginObject().Field("id", principal.id);
  json->Field("user_id", principal.username).EndObject();
}

}  // namespace tarn::authserver
