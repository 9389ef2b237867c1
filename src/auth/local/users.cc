#include "auth/claim_user.h"
#include "auth/defaults.h"
#include "auth/local/local_directory.h"
#include "auth/policy_check.h"
#include "base/log.h"
#include "fmt/format.h"

namespace tarn::auth {

Result<std::optional<User>> LocalDirectory::FindUser(std::string_view username) {
  return records::Find(kv_, kUsers, kPartition, username);
}

Result<User> LocalDirectory::NeedUser(std::string_view username) {
  TARN_TRY_ASSIGN(auto user, FindUser(username));
  if (!user) return kMissing.ToStatus();
  return *std::move(user);
}

Result<Page<User>> LocalDirectory::ListUsers(const PageRequest& request) {
  return OwnPage(records::List(kv_, kUsers, kPartition, request));
}

Result<std::optional<User>> LocalDirectory::FindIndexed(std::string_view external_id,
                                                        std::string_view index) {
  TARN_TRY_ASSIGN(const Link link, DecodeLink(index));
  const std::string_view target = link.target;
  if (!target.starts_with(kUsers.prefix)) return std::optional<User>();
  TARN_TRY_ASSIGN(auto user, FindUser(target.substr(kUsers.prefix.size())));
  if (user && (user->created != link.owner_created || user->external_id != external_id))
    user.reset();
  return user;
}

Result<std::optional<User>> LocalDirectory::FindUserByExternalId(std::string_view id) {
  if (id.empty() || id.size() > kExternalIdBytesMax) return std::optional<User>();
  TARN_TRY_ASSIGN(const auto index, kv_.Get(kPartition, records::Key(kExternalIdIndexPrefix, id)));
  if (!index) return std::optional<User>();
  return FindIndexed(id, *index);
}

Status LocalDirectory::ClaimExternalId(const User& user) {
  const auto claim =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (found) {
      TARN_TRY_ASSIGN(const auto owner, FindIndexed(user.external_id, *found));
      if (owner && owner->username == user.username) return std::optional<std::string>();
      if (owner) return kTaken.ToStatus();
    }
    return std::optional(EncodeLink({records::Key(kUsers.prefix, user.username), user.created}));
  };
  return records::UpdateRecord(kv_, random_, kPartition,
                               records::Key(kExternalIdIndexPrefix, user.external_id),
                               "external id", claim);
}

// The record first: who claims an id then sees everybody who has claimed it before, so that of two
// at the same time one is told.
Status LocalDirectory::CreateUser(const User& user) {
  TARN_TRY(CheckName(user.username));
  const std::string& id = user.external_id;
  if (id.size() > kExternalIdBytesMax) {
    return {Code::kInvalidRequest, fmt::format("an external id has at most {} bytes: validation "
                                               "error",
                                               kExternalIdBytesMax)};
  }
  const Status created = records::Create(kv_, kUsers, kPartition, user.username, user);
  if (created.code() == kTaken.code && !id.empty()) {
    // Perhaps the same user was made by a server that died before the claim.
    TARN_TRY_ASSIGN(const auto there, FindUser(user.username));
    if (there && there->external_id == id)
      IgnoreError(ClaimExternalId(*there), "the id is another user's, or is claimed next time");
  }
  TARN_TRY(created);
  if (!id.empty()) {
    Status claimed = ClaimExternalId(user);
    if (!claimed.ok()) {
      IgnoreError(
          records::RemoveIfStill(kv_, kPartition, records::Key(kUsers.prefix, user.username),
                                 EncodeUser(user)),
          "the first failure is reported");
      return claimed;
    }
  }
  Changed();
  return {};
}

Status LocalDirectory::SetText(std::string_view username, std::string User::*member,
                               std::string_view text) {
  const auto set = [&](User* user) -> Result<bool> {
    const bool is_new = user->*member != text;
    user->*member = text;
    return is_new;
  };
  TARN_TRY(records::Update(kv_, random_, kUsers, kPartition, username, set));
  Changed();
  return {};
}

Status LocalDirectory::SetFriendlyName(std::string_view username, std::string_view name) {
  return SetText(username, &User::friendly_name, name);
}

Status LocalDirectory::SetPassword(std::string_view username, std::string_view encrypted) {
  return SetText(username, &User::encrypted_password, encrypted);
}

Status LocalDirectory::CheckNotLast(std::string_view username, std::string_view access_key_id) {
  const auto members = ListMembers(kAdministrators, Everything());
  if (members.code() == Code::kNotFound) return {};
  TARN_TRY(members.status());
  bool is_one = false;
  for (const User& member : members->items) {
    const bool is_meant = member.username == username;
    is_one = is_one || is_meant;
    if (is_meant && access_key_id.empty()) continue;
    TARN_TRY_ASSIGN(const auto keys, ListKeys(member.username, Everything()));
    for (const SealedKey& key : keys.items)
      if (!is_meant || key.access_key_id != access_key_id) return {};
  }
  if (!is_one) return {};
  return {Code::kConflict,
          fmt::format("{} is the last of the {} who can sign in; give another one a key first",
                      username, kAdministrators)};
}

Status LocalDirectory::DeleteUser(std::string_view username) {
  TARN_TRY(CheckNotLast(username));
  User deleted;
  TARN_TRY(records::Remove(kv_, random_, kUsers, kPartition, username, [&](const User& user) {
    deleted = user;
    return Status();
  }));
  Changed();
  // The user is gone whether or not this is done.
  if (const Status dropped = DropTiesOf(deleted); !dropped.ok())
    TARN_LOG_WARN("keys and memberships of deleted user {} remain: {}", username,
                  dropped.ToString());
  return {};
}

// What a later user of that name has by now stays.
Status LocalDirectory::DropTiesOf(const User& deleted) {
  const auto drop_key = [&](std::string_view key, std::string_view bytes) -> Status {
    TARN_TRY_ASSIGN(const SealedKey sealed, DecodeKey(bytes));
    if (sealed.user_created != deleted.created) return {};
    TARN_TRY(records::RemoveIfStill(kv_, kPartition, key, bytes));
    return records::RemoveIfStill(kv_, kPartition,
                                  records::Key(kKeyIndexPrefix, sealed.access_key_id),
                                  EncodeLink({std::string(key), deleted.created}));
  };
  TARN_TRY(
      records::ForEachRecord(kv_, kPartition, NamedCredentialsPrefix(deleted.username), drop_key));
  if (!deleted.external_id.empty() && deleted.external_id.size() <= kExternalIdBytesMax) {
    TARN_TRY(records::RemoveIfStill(
        kv_, kPartition, records::Key(kExternalIdIndexPrefix, deleted.external_id),
        EncodeLink({records::Key(kUsers.prefix, deleted.username), deleted.created})));
  }
  TARN_TRY(DropLinks(AttachedPrefix(Holder::kUser, deleted.username), deleted.created));
  return records::ForEachRecord(
      kv_, kPartition, kGroups.prefix, [&](std::string_view, std::string_view bytes) -> Status {
        TARN_TRY_ASSIGN(const Group group, DecodeGroup(bytes));
        const std::string key = records::Key(MembersPrefix(group.name), deleted.username);
        TARN_TRY_ASSIGN(const auto link, FindLink(key, group.created));
        if (!link || link->member_created != deleted.created) return {};
        return records::RemoveIfStill(kv_, kPartition, key, EncodeLink(*link));
      });
}

// The policies and groups come first: whoever may sign in has them.
Status LocalDirectory::CreateAdministrator(const User& user, const SealedKey& key, Claim claim) {
  TARN_TRY(CheckName(user.username));
  // Where there are administrators, what has become of the defaults is theirs to say.
  TARN_TRY_ASSIGN(const auto there, records::Find(kv_, kGroups, kPartition, kAdministrators));
  if (!there || claim == Claim::kUnended) TARN_TRY(CreateDefaults(*this, mode_, user.created));
  TARN_TRY(ClaimUser(kv_, kPartition, records::Key(kUsers.prefix, user.username), user, claim));
  Status made = CreateKey(key);
  if (made.ok()) made = AddMember(kAdministrators, user.username);
  if (!made.ok()) IgnoreError(DeleteUser(user.username), "the first failure is reported");
  return made;
}

}  // namespace tarn::auth
