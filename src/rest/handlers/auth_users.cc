#include <algorithm>
#include <string>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"

// The single-user mode: one administrator, one access key.

namespace tarn::rest {
namespace {

Status NotImplemented() { return {Code::kNotImplemented, "Not Implemented"}; }

/// Names go into paths, where '%' would be decoded once too often.
Status CheckName(std::string_view kind, std::string_view name) {
  if (name.find('%') == std::string_view::npos) return {};
  return {Code::kInvalidRequest, std::string(kind) + " name cannot contain '%'"};
}

/// Whether the text looks like a mail address without a display name.
bool IsMailAddress(std::string_view text) {
  const size_t at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t\r\n<>,;") == std::string_view::npos && text.find('@') == at;
}

}  // namespace

Result<http::Response> GetCurrentUser(Call& call) {
  JsonBuilder json;
  json.writer.BeginObject().Key("user");
  if (call.maybe_user())
    WriteUser(&json.writer, *call.maybe_user());
  else
    json.writer.BeginObject().Field("creation_date", 0).Field("id", "").EndObject();
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

Result<http::Response> GetAuthCapabilities(Call&) {
  JsonBuilder json;
  json.writer.BeginObject().Field("invite_user", false).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> ListUsers(Call& call) {
  TARN_TRY_ASSIGN(const auto user, call.auth().GetUser());
  JsonBuilder json;
  json.writer.BeginObject();
  // As in the reference: one result is announced even if there is no user.
  WritePagination(&json.writer, {.results = 1, .max_per_page = 0});
  json.writer.Key("results").BeginArray();
  if (user) WriteUser(&json.writer, *user);
  json.writer.EndArray().EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> CreateUser(Call& call) {
  const std::string id = call.BodyText("id");
  TARN_TRY(CheckName("User", id));
  if (call.BodyFlag("invite_user")) {
    if (!IsMailAddress(id)) return Status(Code::kInvalidRequest, "Invalid email format");
    return NotImplemented();
  }
  if (id.empty()) return Status(Code::kInvalidRequest, "empty name: validation error");
  return Status(Code::kAlreadyExists, "already exists");  // there is one user, and no second
}

Result<http::Response> GetUser(Call& call) {
  TARN_TRY_ASSIGN(const auto user, call.auth().GetUser());
  if (!user || user->username != call.Text("userId"))
    return Status(Code::kUserNotFound, "user not found");
  JsonBuilder json;
  WriteUser(&json.writer, *user);
  return std::move(json).Answer(200);
}

Result<http::Response> DeleteUser(Call& call) {
  TARN_TRY(call.auth().DeleteUser(call.Text("userId")));
  return EmptyAnswer(204);
}

Result<http::Response> CreateCredentials(Call& call) {
  TARN_TRY_ASSIGN(const auth::Credentials made, call.auth().CreateCredentials(call.Text("userId")));
  JsonBuilder json;
  json.writer.BeginObject().Field("access_key_id", made.access_key_id);
  json.writer.Field("creation_date", made.issued.seconds);
  json.writer.Field("secret_access_key", made.secret_access_key).EndObject();
  return std::move(json).Answer(201);
}

Result<http::Response> GetCredentials(Call& call) {
  TARN_TRY_ASSIGN(const auto found,
                  call.auth().GetCredentials(call.Text("userId"), call.Text("accessKeyId")));
  if (!found) return Status(Code::kNotFound, "credentials not found");
  JsonBuilder json;
  json.writer.BeginObject().Field("access_key_id", found->access_key_id);
  json.writer.Field("creation_date", found->issued.seconds).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> CreateGroup(Call& call) {
  TARN_TRY(CheckName("Group", call.BodyText("id")));
  return NotImplemented();
}

Result<http::Response> CreatePolicy(Call& call) {
  TARN_TRY(CheckName("Policy", call.BodyText("id")));
  return NotImplemented();
}

Result<http::Response> UpdatePolicy(Call& call) {
  if (call.BodyText("id") != call.Text("policyId"))
    return Status(Code::kInvalidRequest, "can't update policy id");
  return NotImplemented();
}

}  // namespace tarn::rest
