#include "auth/remote/documents.h"
#include "auth/remote/remote_directory.h"
#include "auth/remote/remote_list.h"

namespace tarn::auth {

Result<std::optional<User>> RemoteDirectory::FindUser(std::string_view username) {
  if (auto known = users_.Find(username)) return known;
  const uint64_t generation = users_.generation();
  const auto document =
      client_.Read({.path = RemotePath({"auth", "users", username}), .missing = kUsers.missing});
  if (document.code() == kUsers.missing.code) return std::optional<User>();
  if (!document.ok()) return AsOutage(document.status());
  TARN_TRY_ASSIGN(User user, ReadUser(*document));
  if (user.username != username)
    return Status(Code::kIo, "the authorization server speaks of another user");
  users_.Insert(username, user, generation);
  return std::optional(std::move(user));
}

Result<std::optional<User>> RemoteDirectory::FindOne(std::string_view name,
                                                     std::string_view value) {
  const auto document = client_.Read(
      {.path = RemotePath({"auth", "users"}), .query = "amount=2&" + RemoteQuery(name, value)});
  if (!document.ok()) return AsOutage(document.status());
  TARN_TRY_ASSIGN(auto page, ReadPage(*document, &ReadUser));
  if (page.items.empty()) return std::optional<User>();
  if (page.items.size() > 1) return Status(Code::kIo, "more than one user found");
  return std::optional(std::move(page.items.front()));
}

Result<std::optional<User>> RemoteDirectory::FindUserByExternalId(std::string_view id) {
  if (id.empty()) return std::optional<User>();
  if (auto known = external_users_.Find(id)) return known;
  const uint64_t generation = external_users_.generation();
  TARN_TRY_ASSIGN(auto user, FindOne("external_id", id));
  if (!user) return user;
  // The reference's own server does not look at the id, and gives whoever there is.
  const std::string& found = user->external_id.empty() ? user->username : user->external_id;
  if (found != id) return std::optional<User>();
  external_users_.Insert(id, *user, generation);
  return user;
}

Result<Page<User>> RemoteDirectory::ListUsers(const PageRequest& request) {
  return ReadRemoteList(client_, {.path = RemotePath({"auth", "users"})}, request, &ReadUser);
}

Status RemoteDirectory::CreateUser(const User& user) {
  return Change({.method = "POST",
                 .path = RemotePath({"auth", "users"}),
                 .body = WriteNewUser(user, /*invite=*/false),
                 .expected = 201});
}

// As in the reference nobody says when somebody who is invited was made.
Result<User> RemoteDirectory::InviteUser(const User& user) {
  TARN_TRY(Change({.method = "POST",
                   .path = RemotePath({"auth", "users"}),
                   .body = WriteNewUser(user, /*invite=*/true),
                   .expected = 201}));
  User made = user;
  made.created = {};
  return made;
}

Status RemoteDirectory::SetFriendlyName(std::string_view username, std::string_view name) {
  return Change({.method = "PUT",
                 .path = RemotePath({"auth", "users", username, "friendly_name"}),
                 .body = WriteFriendlyName(name),
                 .expected = 204,
                 .missing = kUsers.missing});
}

Status RemoteDirectory::DeleteUser(std::string_view username) {
  return Change({.method = "DELETE",
                 .path = RemotePath({"auth", "users", username}),
                 .expected = 204,
                 .missing = kUsers.missing});
}

}  // namespace tarn::auth
