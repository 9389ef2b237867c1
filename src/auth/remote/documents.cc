#include "auth/remote/documents.h"

#include <utility>

#include "auth/policy_json.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

// The first and last second of the years that a date can be written in.
constexpr int64_t kFirstSecond = -62'135'596'800, kLastSecond = 253'402'300'799;

Status Wrong(std::string_view name) {
  return {Code::kIo, fmt::format("the authorization server's answer has no proper \"{}\"", name)};
}

/// The property, unless it is absent or null.
const Json* FindIn(const Json& document, std::string_view name) {
  const Json* const value = document.Find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::optional<std::string>> MaybeText(const Json& document, std::string_view name) {
  const Json* const value = FindIn(document, name);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return Wrong(name);
  return std::optional(value->string());
}

Result<std::string> TextIn(const Json& document, std::string_view name) {
  TARN_TRY_ASSIGN(auto text, MaybeText(document, name));
  return std::move(text).value_or("");
}

Result<std::string> NameIn(const Json& document, std::string_view name) {
  TARN_TRY_ASSIGN(std::string text, TextIn(document, name));
  if (text.empty()) return Wrong(name);
  return text;
}

Result<std::optional<int64_t>> MaybeInt(const Json& document, std::string_view name) {
  const Json* const value = FindIn(document, name);
  if (value == nullptr) return std::optional<int64_t>();
  const auto number = value->AsInt64();
  if (!number) return Wrong(name);
  return number;
}

Result<Timestamp> CreationIn(const Json& document, int64_t otherwise = 0) {
  constexpr std::string_view kName = "creation_date";
  TARN_TRY_ASSIGN(const auto seconds, MaybeInt(document, kName));
  if (seconds && (*seconds < kFirstSecond || *seconds > kLastSecond)) return Wrong(kName);
  return Timestamp{seconds.value_or(otherwise), 0};
}

Status CheckTexts(const Json& list, std::string_view name) {
  if (!list.is_array()) return Wrong(name);
  for (const Json& text : list.items())
    if (!text.is_string()) return Wrong(name);
  return {};
}

// A statement that is read as less than it says could be a denial that is lost.
Status CheckStatement(const Json& statement) {
  if (!statement.is_object()) return Wrong("statement");
  for (const std::string_view name : {"effect", "resource"})
    TARN_TRY(MaybeText(statement, name).status());
  if (const Json* const actions = FindIn(statement, "action"))
    TARN_TRY(CheckTexts(*actions, "action"));
  const Json* const conditions = FindIn(statement, "condition");
  if (conditions == nullptr) return {};
  if (!conditions->is_object()) return Wrong("condition");
  for (const auto& [name, fields] : conditions->members()) {
    if (!fields.is_object()) return Wrong("condition");
    for (const auto& [field, values] : fields.members()) TARN_TRY(CheckTexts(values, "condition"));
  }
  return {};
}

}  // namespace

Result<User> ReadUser(const Json& document) {
  User user;
  TARN_TRY_ASSIGN(user.username, NameIn(document, "username"));
  TARN_TRY_ASSIGN(user.created, CreationIn(document));
  TARN_TRY_ASSIGN(auto friendly_name, MaybeText(document, "friendly_name"));
  TARN_TRY_ASSIGN(auto email, MaybeText(document, "email"));
  TARN_TRY_ASSIGN(user.source, TextIn(document, "source"));
  TARN_TRY_ASSIGN(user.external_id, TextIn(document, "external_id"));
  user.has_friendly_name = friendly_name.has_value();
  user.has_email = email.has_value();
  user.friendly_name = std::move(friendly_name).value_or("");
  user.email = std::move(email).value_or("");
  return user;
}

Result<Group> ReadGroup(const Json& document) {
  Group group;
  TARN_TRY_ASSIGN(group.name, NameIn(document, "name"));
  TARN_TRY_ASSIGN(group.id, TextIn(document, "id"));
  TARN_TRY_ASSIGN(group.created, CreationIn(document));
  TARN_TRY_ASSIGN(auto description, MaybeText(document, "description"));
  group.has_description = description.has_value();
  group.description = std::move(description).value_or("");
  return group;
}

Result<StoredPolicy> ReadPolicy(const Json& document) {
  StoredPolicy policy;
  TARN_TRY_ASSIGN(policy.name, NameIn(document, "name"));
  TARN_TRY_ASSIGN(policy.created, CreationIn(document, kFirstSecond));
  TARN_TRY_ASSIGN(policy.acl, TextIn(document, "acl"));
  const Json* const statements = FindIn(document, "statement");
  if (statements == nullptr) return policy;
  if (!statements->is_array()) return Wrong("statement");
  for (const Json& statement : statements->items()) {
    TARN_TRY(CheckStatement(statement));
    policy.policy.statements.push_back(ReadStatement(statement));
  }
  return policy;
}

Result<SealedKey> ReadListedKey(const Json& document) {
  SealedKey key;
  TARN_TRY_ASSIGN(key.access_key_id, NameIn(document, "access_key_id"));
  TARN_TRY_ASSIGN(key.issued, CreationIn(document));
  return key;
}

Result<RemoteKey> ReadRemoteKey(const Json& document) {
  RemoteKey key;
  Credentials& credentials = key.credentials;
  TARN_TRY_ASSIGN(credentials.access_key_id, NameIn(document, "access_key_id"));
  TARN_TRY_ASSIGN(credentials.secret_access_key, NameIn(document, "secret_access_key"));
  TARN_TRY_ASSIGN(credentials.issued, CreationIn(document));
  TARN_TRY_ASSIGN(key.username, TextIn(document, "user_name"));
  TARN_TRY_ASSIGN(const auto number, MaybeInt(document, "user_id"));
  key.user_number = number.value_or(0);
  return key;
}

Result<ExternalPrincipal> ReadPrincipal(const Json& document) {
  ExternalPrincipal principal;
  TARN_TRY_ASSIGN(principal.id, NameIn(document, "id"));
  TARN_TRY_ASSIGN(principal.username, NameIn(document, "user_id"));
  return principal;
}

Result<RemotePageInfo> ReadPageInfo(const Json& document) {
  RemotePageInfo info;
  if (!document.is_object()) return Wrong("results");
  const Json* const pagination = FindIn(document, "pagination");
  if (pagination == nullptr) return info;
  if (!pagination->is_object()) return Wrong("pagination");
  TARN_TRY_ASSIGN(info.next_offset, TextIn(*pagination, "next_offset"));
  TARN_TRY_ASSIGN(info.results, MaybeInt(*pagination, "results"));
  if (info.results && *info.results < 0) return Wrong("results");
  return info;
}

Result<const Json::Array*> ReadResults(const Json& document) {
  const Json* const results = FindIn(document, "results");
  if (results == nullptr) return static_cast<const Json::Array*>(nullptr);
  if (!results->is_array()) return Wrong("results");
  return &results->items();
}

std::string WriteNewUser(const User& user, bool invite) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("username", user.username);
  if (!user.email.empty()) json.Field("email", user.email);
  // As the reference tells it: of who comes from elsewhere also a name that is empty.
  if (!user.friendly_name.empty() || (user.has_friendly_name && !user.external_id.empty()))
    json.Field("friendlyName", user.friendly_name);
  if (!user.external_id.empty()) json.Field("external_id", user.external_id);
  if (invite)
    json.Field("invite", true);
  else
    json.Field("source", user.source);
  json.EndObject();
  return body;
}

std::string WriteNewGroup(const Group& group) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("id", group.name);
  if (!group.description.empty()) json.Field("description", group.description);
  json.EndObject();
  return body;
}

std::string WritePolicyDocument(const StoredPolicy& policy) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Field("acl", policy.acl).Field("creation_date", policy.created.seconds);
  json.Field("name", policy.name).Key("statement").BeginArray();
  for (const Statement& statement : policy.policy.statements) WriteStatement(&json, statement);
  json.EndArray().EndObject();
  return body;
}

std::string WriteFriendlyName(std::string_view name) {
  std::string body;
  JsonWriter(&body).BeginObject().Field("friendly_name", name).EndObject();
  return body;
}

}  // namespace tarn::auth
