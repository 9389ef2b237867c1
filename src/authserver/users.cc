#include "authserver/answers.h"
#include "authserver/handlers.h"

namespace tarn::authserver {
namespace {

// Page by page: an installation has thousands of users, not millions, and servers remember who they
// have found.
Result<auth::Page<auth::User>> FindByEmail(auth::Directory& directory, const std::string& email,
                                           auth::PageRequest request) {
  constexpr int kReadAmount = 1000;
  const auto wanted = static_cast<size_t>(request.amount);
  request.amount = kReadAmount;
  auth::Page<auth::User> found;
  while (!email.empty()) {
    TARN_TRY_ASSIGN(auto page, directory.ListUsers(request));
    for (auth::User& user : page.items) {
      if (user.email != email) continue;
      found.has_more = found.items.size() == wanted;
      if (found.has_more) return found;
      found.items.push_back(user);
    }
    if (!page.has_more || page.items.empty()) break;
    request.after = page.items.back().username;
  }
  return found;
}

/// The one who has an external id, if that is one of those who are asked for.
Result<auth::Page<auth::User>> FindByExternalId(auth::Directory& directory, const std::string& id,
                                                const std::optional<std::string>& email,
                                                const auth::PageRequest& request) {
  TARN_TRY_ASSIGN(auto user, directory.FindUserByExternalId(id));
  auth::Page<auth::User> found;
  if (user && (!email || user->email == *email) && user->username.starts_with(request.prefix) &&
      user->username > request.after)
    found.items.push_back(*std::move(user));
  return found;
}

Result<auth::Page<auth::User>> FindUsers(const Call& call, const auth::PageRequest& request) {
  auth::Directory& directory = call.directory();
  const auto email = call.Query("email");
  if (const auto id = call.Query("external_id"))
    return FindByExternalId(directory, *id, email, request);
  return email ? FindByEmail(directory, *email, request) : directory.ListUsers(request);
}

}  // namespace

Result<http::Response> ListUsers(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  // Users have names here, and no numbers.
  if (call.Query("id")) return AnswerUsers({});
  TARN_TRY_ASSIGN(const auto page, FindUsers(call, request));
  return AnswerUsers(page);
}

// Nobody is sent a mail: who is invited gets a user.
Result<http::Response> CreateUser(Call& call) {
  auth::User user;
  user.username = call.Text("username");
  user.created = call.now();
  user.friendly_name = call.Text("friendlyName");
  user.email = call.Text("email");
  user.source = call.Text("source");
  user.external_id = call.Text("external_id");
  user.encrypted_password = call.Bytes("encryptedPassword");
  TARN_TRY(call.directory().CreateUser(user));
  return AnswerOne(201, user, &WriteUser);
}

Result<http::Response> GetUser(Call& call) {
  TARN_TRY_ASSIGN(const auto user, call.directory().FindUser(call.UserName()));
  if (!user) return Status(Code::kUserNotFound, "user not found");
  return AnswerOne(200, *user, &WriteUser);
}

Result<http::Response> DeleteUser(Call& call) {
  TARN_TRY(call.directory().DeleteUser(call.UserName()));
  return serving::EmptyAnswer(204);
}

Result<http::Response> UpdatePassword(Call& call) {
  TARN_TRY(call.directory().SetPassword(call.UserName(), call.Bytes("encryptedPassword")));
  return serving::EmptyAnswer(200);
}

Result<http::Response> UpdateFriendlyName(Call& call) {
  TARN_TRY(call.directory().SetFriendlyName(call.UserName(), call.Text("friendly_name")));
  return serving::EmptyAnswer(204);
}

}  // namespace tarn::authserver
