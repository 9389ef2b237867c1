#include <algorithm>

#include "authserver/answers.h"
#include "authserver/handlers.h"

namespace tarn::authserver {
namespace {

/// What users must be like; of what is absent all are.
struct Filter {
  std::optional<std::string> email, external_id;
  bool Fits(const auth::User& user) const {
    return (!email || (!email->empty() && user.email == *email)) &&
           (!external_id || (!external_id->empty() && user.external_id == *external_id));
  }
};

// Page by page: an installation has thousands of users, not millions, and servers remember who they
// have found.
Result<auth::Page<auth::User>> FindUsers(auth::Directory& directory, const Filter& filter,
                                         auth::PageRequest request) {
  constexpr int kReadAmount = 1000;
  const auto wanted = static_cast<size_t>(request.amount);
  request.amount = kReadAmount;
  auth::Page<auth::User> found;
  while (true) {
    TARN_TRY_ASSIGN(auto page, directory.ListUsers(request));
    for (auth::User& user : page.items) {
      if (!filter.Fits(user)) continue;
      found.has_more = found.items.size() == wanted;
      if (found.has_more) return found;
      found.items.push_back(user);
    }
    if (!page.has_more || page.items.empty()) return found;
    request.after = page.items.back().username;
  }
}

}  // namespace

Result<http::Response> ListUsers(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  // Users have names here, and no numbers.
  if (call.Query("id")) return AnswerUsers({});
  const Filter filter{call.Query("email"), call.Query("external_id")};
  TARN_TRY_ASSIGN(const auto page, filter.email || filter.external_id
                                       ? FindUsers(call.directory(), filter, request)
                                       : call.directory().ListUsers(request));
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
  if (!user.external_id.empty()) {
    TARN_TRY_ASSIGN(const auto others, FindUsers(call.directory(), {{}, user.external_id}, {}));
    if (!others.items.empty())
      return Status(Code::kAlreadyExists, "another user has the external id");
  }
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
