#include "auth/defaults.h"
#include "auth/remote/remote_directory.h"
#include "fmt/format.h"

namespace tarn::auth {

Result<Credentials> RemoteDirectory::MakeAdministrator(const std::string& username,
                                                       const std::optional<Credentials>& given) {
  TARN_TRY(client_.Do({.path = RemotePath({"auth", "groups", kAdministrators})})
               .Prefixed("admin group - "));
  TARN_TRY(AddMember(kAdministrators, username));
  auto key = IssueKey(username, given);
  if (!key.ok())
    return std::move(key).status().Prefixed(fmt::format("add credentials for {}: ", username));
  return key;
}

Result<Credentials> RemoteDirectory::AddAdministrator(const User& user,
                                                      const std::optional<Credentials>& given) {
  TARN_TRY(CreateUser(user));
  auto key = MakeAdministrator(user.username, given);
  if (!key.ok()) IgnoreError(DeleteUser(user.username), "the first failure is reported");
  return key;
}

Status RemoteDirectory::CreateAdministrator(const User& user, const SealedKey& key, Claim) {
  TARN_TRY_ASSIGN(const Credentials given, OpenedKey(key));
  return AddAdministrator(user, given).status();
}

}  // namespace tarn::auth
