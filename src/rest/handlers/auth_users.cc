#include <string>
#include <utility>

#include "rest/handlers/auth_common.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

/// The mail address in "local@domain" or "Name <local@domain>"; "" for other texts.
std::string_view MailAddressIn(std::string_view text) {
  const size_t begin = text.find('<');
  if (begin != std::string_view::npos && text.ends_with('>'))
    text = text.substr(begin + 1, text.size() - begin - 2);
  const size_t at = text.rfind('@');
  const bool is_one = at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                      text.find_first_of(" \t\r\n<>,;") == std::string_view::npos &&
                      text.find('@') == at;
  return is_one ? text : std::string_view();
}

/// Who is invited gets a user of that name, and a mail where somebody else keeps users and sends
/// them; nobody does here.
Result<auth::User> InviteUser(const Call& call, auth::User user) {
  const std::string id = std::move(user.username);
  user.username = user.email = MailAddressIn(id);
  // What was decided on is the text as it was sent.
  if (user.username != id) TARN_TRY(call.Decide(call.operation().permission, "id", user.username));
  return call.directory().InviteUser(user);
}

void WriteKey(JsonWriter* json, const auth::SealedKey& key) {
  json->BeginObject().Field("access_key_id", key.access_key_id);
  json->Field("creation_date", key.issued.seconds).EndObject();
}

}  // namespace

Result<http::Response> ListUsers(Call& call) {
  TARN_TRY_ASSIGN(const auto page, call.directory().ListUsers(call.Page()));
  if (call.auth().mode() != auth::Mode::kNone) return AnswerUsers(page);
  // As in the reference: one result is announced even if there is no user.
  JsonBuilder json;
  json.writer.BeginObject();
  WritePagination(&json.writer, {.results = 1, .max_per_page = 0});
  json.writer.Key("results").BeginArray();
  for (const auth::User& user : page.items) WriteUser(&json.writer, user);
  json.writer.EndArray().EndObject();
  return std::move(json).Answer(200);
}

Status CheckNewUser(const Call& call) {
  const std::string id = call.BodyText("id");
  TARN_TRY(CheckNoPercent("User", id));
  if (call.BodyFlag("invite_user") && MailAddressIn(id).empty())
    return {Code::kInvalidRequest, "Invalid email format"};
  return {};
}

Result<http::Response> CreateUser(Call& call) {
  auth::User user;
  user.username = call.BodyText("id");
  user.created = call.context().clock.Now();
  user.source = "internal";
  if (call.BodyFlag("invite_user")) {
    if (call.auth().mode() == auth::Mode::kNone) return AnswerNotImplemented(call);
    TARN_TRY_ASSIGN(user, InviteUser(call, std::move(user)));
  } else {
    TARN_TRY(call.directory().CreateUser(user));
  }
  JsonBuilder json;
  json.writer.BeginObject().Field("creation_date", user.created.seconds);
  json.writer.Field("id", user.username).EndObject();
  return std::move(json).Answer(201);
}

Result<http::Response> GetUser(Call& call) {
  TARN_TRY_ASSIGN(const auto user, call.directory().FindUser(call.Text("userId")));
  if (!user) return Status(Code::kUserNotFound, "user not found");
  JsonBuilder json;
  WriteUser(&json.writer, *user);
  return std::move(json).Answer(200);
}

Result<http::Response> DeleteUser(Call& call) {
  TARN_TRY(call.directory().DeleteUser(call.Text("userId")));
  return EmptyAnswer(204);
}

Result<http::Response> ListCredentials(Call& call) {
  TARN_TRY_ASSIGN(const auto page, call.directory().ListKeys(call.Text("userId"), call.Page()));
  return AnswerPage(
      page, [](const auth::SealedKey& key) -> std::string_view { return key.access_key_id; },
      &WriteKey);
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
  TARN_TRY_ASSIGN(const auto key,
                  call.directory().GetKey(call.Text("userId"), call.Text("accessKeyId")));
  JsonBuilder json;
  WriteKey(&json.writer, key);
  return std::move(json).Answer(200);
}

Result<http::Response> DeleteCredentials(Call& call) {
  TARN_TRY(call.directory().DeleteKey(call.Text("userId"), call.Text("accessKeyId")));
  return EmptyAnswer(204);
}

Result<http::Response> ListUserGroups(Call& call) {
  TARN_TRY_ASSIGN(const auto page, call.directory().ListGroupsOf(call.Text("userId"), call.Page()));
  return AnswerPage(
      page, [](const auth::Group& group) -> std::string_view { return group.name; },
      [](JsonWriter* json, const auth::Group& group) {
        json->BeginObject().Field("creation_date", group.created.seconds);
        json->Field("id", group.name).Field("name", group.name).EndObject();
      });
}

}  // namespace tarn::rest
