#include "auth/defaults.h"
#include "auth/local/local_directory.h"
#include "auth/policy_check.h"
#include "base/log.h"
#include "fmt/format.h"

namespace tarn::auth {

Result<Page<Group>> LocalDirectory::ListGroups(const PageRequest& request) {
  return OwnPage(records::List(kv_, kGroups, kPartition, request));
}

Result<Group> LocalDirectory::GetGroup(std::string_view name) {
  return records::Get(kv_, kGroups, kPartition, name);
}

Status LocalDirectory::CreateGroup(const Group& group) {
  TARN_TRY(CheckName(group.name));
  return records::Create(kv_, kGroups, kPartition, group.name, group);
}

Status LocalDirectory::DeleteGroup(std::string_view name) {
  if (name == kAdministrators)
    return {Code::kConflict, fmt::format("the group {} is the administrators'", name)};
  Group deleted;
  TARN_TRY(records::Remove(kv_, random_, kGroups, kPartition, name, [&](const Group& group) {
    deleted = group;
    return Status();
  }));
  Changed();
  // The group is gone whether or not this is done.
  for (const std::string& prefix : {MembersPrefix(name), AttachedPrefix(Holder::kGroup, name)}) {
    if (const Status dropped = DropLinks(prefix, deleted.created); !dropped.ok())
      TARN_LOG_WARN("members and policies of deleted group {} remain: {}", name,
                    dropped.ToString());
  }
  return {};
}

// What a later owner of that name has by now stays.
Status LocalDirectory::DropLinks(std::string_view prefix, Timestamp owner_created) {
  return records::ForEachRecord(kv_, kPartition, prefix,
                                [&](std::string_view key, std::string_view bytes) -> Status {
                                  TARN_TRY_ASSIGN(const Link link, DecodeLink(bytes));
                                  if (link.owner_created != owner_created) return {};
                                  return records::RemoveIfStill(kv_, kPartition, key, bytes);
                                });
}

Result<std::optional<Link>> LocalDirectory::FindLink(const std::string& key,
                                                     Timestamp owner_created) {
  const auto bytes = kv_.Get(kPartition, key);
  // Names of the reference may be too long for it to have been there.
  if (bytes.code() == Code::kTooLarge) return std::optional<Link>();
  TARN_TRY(bytes.status());
  if (!*bytes) return std::optional<Link>();
  TARN_TRY_ASSIGN(Link link, DecodeLink(**bytes));
  if (link.owner_created != owner_created) return std::optional<Link>();
  return std::optional(std::move(link));
}

Result<bool> LocalDirectory::IsMember(const Group& group, const User& user) {
  TARN_TRY_ASSIGN(const auto link,
                  FindLink(records::Key(MembersPrefix(group.name), user.username), group.created));
  return link && link->member_created == user.created;
}

Result<Page<User>> LocalDirectory::ListMembers(std::string_view group_name,
                                               const PageRequest& request) {
  TARN_TRY_ASSIGN(const auto group, records::Find(kv_, kGroups, kPartition, group_name));
  if (!group) return kMissing.ToStatus();
  const auto member = [&](std::string_view bytes) -> Result<std::optional<User>> {
    TARN_TRY_ASSIGN(const Link link, DecodeLink(bytes));
    std::string_view target = link.target;
    if (!target.starts_with(kUsers.prefix)) return std::optional<User>();
    TARN_TRY_ASSIGN(auto user, FindUser(target.substr(kUsers.prefix.size())));
    if (!user || link.owner_created != group->created || link.member_created != user->created)
      return std::optional<User>();
    return user;
  };
  return OwnPage(
      records::ListRecords<User>(kv_, kPartition, MembersPrefix(group_name), request, member));
}

Status LocalDirectory::AddMember(std::string_view group_name, std::string_view username) {
  TARN_TRY_ASSIGN(const User user, NeedUser(username));
  TARN_TRY_ASSIGN(const auto group, records::Find(kv_, kGroups, kPartition, group_name));
  if (!group) return kMissing.ToStatus();
  const auto add =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (found) {
      TARN_TRY_ASSIGN(const Link link, DecodeLink(*found));
      if (link.owner_created == group->created && link.member_created == user.created)
        return kTaken.ToStatus();
    }
    return std::optional(
        EncodeLink({records::Key(kUsers.prefix, username), group->created, user.created}));
  };
  TARN_TRY(records::UpdateRecord(kv_, random_, kPartition,
                                 records::Key(MembersPrefix(group_name), username), "membership",
                                 add));
  Changed();
  return {};
}

Status LocalDirectory::RemoveMember(std::string_view group_name, std::string_view username) {
  TARN_TRY(NeedUser(username));
  TARN_TRY_ASSIGN(const auto group, records::Find(kv_, kGroups, kPartition, group_name));
  if (!group) return kMissing.ToStatus();
  if (group_name == kAdministrators) TARN_TRY(CheckNotLast(username));
  TARN_TRY(kv_.Delete(kPartition, records::Key(MembersPrefix(group_name), username)));
  Changed();
  return {};
}

Result<Page<Group>> LocalDirectory::ListGroupsOf(std::string_view username,
                                                 const PageRequest& request) {
  TARN_TRY_ASSIGN(const User user, NeedUser(username));
  return GroupsOf(user, request);
}

Result<Page<Group>> LocalDirectory::GroupsOf(const User& user, const PageRequest& request) {
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<Group>> {
    TARN_TRY_ASSIGN(Group group, DecodeGroup(bytes));
    TARN_TRY_ASSIGN(const bool is_member, IsMember(group, user));
    if (!is_member) return std::optional<Group>();
    return std::optional(std::move(group));
  };
  return OwnPage(records::ListRecords<Group>(kv_, kPartition, kGroups.prefix, request, decode));
}

}  // namespace tarn::auth
