#include "auth/external_user.h"

#include "auth/refusal.h"
#include "base/log.h"

namespace tarn::auth {
namespace {

User NewUser(Clock& clock, const ExternalUser& external) {
  User user{.username = external.username,
            .created = clock.Now(),
            .friendly_name = {},
            .email = {},
            .source = external.source,
            .external_id = external.id};
  user.has_friendly_name = external.keep_friendly_name;
  if (external.keep_friendly_name) user.friendly_name = external.friendly_name;
  return user;
}

User AsKnownNow(Directory& directory, User user, const ExternalUser& external) {
  if (user.friendly_name == external.friendly_name) return user;
  user.friendly_name = external.friendly_name;
  user.has_friendly_name = true;
  if (!external.keep_friendly_name) return user;
  const Status kept = directory.SetFriendlyName(user.username, user.friendly_name);
  if (!kept.ok()) TARN_LOG_WARN("name of user {} not kept: {}", user.username, kept.ToString());
  return user;
}

}  // namespace

Result<User> AdmitUser(Directory& directory, Clock& clock, const ExternalUser& external) {
  if (external.id.empty() || external.username.empty()) return NotAuthenticated();
  TARN_TRY_ASSIGN(auto found, directory.FindUserByExternalId(external.id));
  if (found) return AsKnownNow(directory, *std::move(found), external);
  User user = NewUser(clock, external);
  const Status created = directory.CreateUser(user);
  if (created.code() == Code::kAlreadyExists) {
    // Another request was faster, or the name is of somebody whom that service does not know.
    TARN_TRY_ASSIGN(found, directory.FindUserByExternalId(external.id));
    if (!found) return NotAuthenticated();
    return AsKnownNow(directory, *std::move(found), external);
  }
  TARN_TRY(created);
  for (const std::string& group : external.groups) {
    const Status added = directory.AddMember(group, user.username);
    if (!added.ok() && added.code() != Code::kAlreadyExists)
      TARN_LOG_WARN("user {} is not put into group {}: {}", user.username, group, added.ToString());
  }
  user.has_email = false;
  return user;
}

Result<User> AdmitNamedUser(Directory& directory, Clock& clock, const ExternalUser& external) {
  if (external.username.empty()) return NotAuthenticated();
  TARN_TRY_ASSIGN(auto found, directory.FindUser(external.username));
  if (found) return *std::move(found);
  const User user = NewUser(clock, external);
  const Status created = directory.CreateUser(user);
  if (created.code() == Code::kAlreadyExists) {
    TARN_TRY_ASSIGN(found, directory.FindUser(external.username));
    if (!found) return NotAuthenticated();
    return *std::move(found);
  }
  TARN_TRY(created);
  for (const std::string& group : external.groups)
    TARN_TRY(directory.AddMember(group, user.username));
  // Tokens name when the user was made: as the directory keeps it.
  TARN_TRY_ASSIGN(found, directory.FindUser(external.username));
  if (!found) return NotAuthenticated();
  return *std::move(found);
}

}  // namespace tarn::auth
