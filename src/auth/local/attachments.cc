#include <algorithm>
#include <map>

#include "auth/defaults.h"
#include "auth/local/local_directory.h"

namespace tarn::auth {

Result<Timestamp> LocalDirectory::CreationOf(Holder kind, std::string_view holder) {
  if (kind == Holder::kUser) {
    TARN_TRY_ASSIGN(const User user, NeedUser(holder));
    return user.created;
  }
  TARN_TRY_ASSIGN(const auto group, records::Find(kv_, kGroups, kPartition, holder));
  if (!group) return kMissing.ToStatus();
  return group->created;
}

Status LocalDirectory::AttachPolicy(Holder kind, std::string_view holder, std::string_view policy) {
  TARN_TRY_ASSIGN(const Timestamp created, CreationOf(kind, holder));
  TARN_TRY_ASSIGN(const auto found, records::Find(kv_, kPolicies, kPartition, policy));
  if (!found) return kMissing.ToStatus();
  const auto attach =
      [&](const std::optional<std::string>& now) -> Result<std::optional<std::string>> {
    if (now) {
      TARN_TRY_ASSIGN(const Link attached, DecodeLink(*now));
      if (attached.owner_created == created && attached.member_created == found->made)
        return kTaken.ToStatus();
    }
    return std::optional(
        EncodeLink({records::Key(kPolicies.prefix, policy), created, found->made}));
  };
  TARN_TRY(records::UpdateRecord(kv_, random_, kPartition,
                                 records::Key(AttachedPrefix(kind, holder), policy), "attachment",
                                 attach));
  Changed();
  return {};
}

Status LocalDirectory::DetachPolicy(Holder kind, std::string_view holder, std::string_view policy) {
  TARN_TRY_ASSIGN(const Timestamp created, CreationOf(kind, holder));
  const std::string key = records::Key(AttachedPrefix(kind, holder), policy);
  TARN_TRY_ASSIGN(const auto found, records::Find(kv_, kPolicies, kPartition, policy));
  TARN_TRY_ASSIGN(const auto attached, FindLink(key, created));
  if (!found || !attached || attached->member_created != found->made) return kMissing.ToStatus();
  if (kind == Holder::kGroup && holder == kAdministrators)
    TARN_TRY(CheckAdministration(policy, nullptr));
  TARN_TRY(kv_.Delete(kPartition, key));
  Changed();
  return {};
}

Result<Page<StoredPolicy>> LocalDirectory::AttachedTo(Holder kind, std::string_view holder,
                                                      Timestamp created,
                                                      const PageRequest& request) {
  const auto policy = [&](std::string_view bytes) -> Result<std::optional<StoredPolicy>> {
    TARN_TRY_ASSIGN(const Link link, DecodeLink(bytes));
    std::string_view target = link.target;
    if (link.owner_created != created || !target.starts_with(kPolicies.prefix))
      return std::optional<StoredPolicy>();
    TARN_TRY_ASSIGN(auto found, records::Find(kv_, kPolicies, kPartition,
                                              target.substr(kPolicies.prefix.size())));
    if (found && found->made != link.member_created) found.reset();
    return found;
  };
  return OwnPage(records::ListRecords<StoredPolicy>(kv_, kPartition, AttachedPrefix(kind, holder),
                                                    request, policy));
}

Result<Page<StoredPolicy>> LocalDirectory::ListAttached(Holder kind, std::string_view holder,
                                                        const PageRequest& request) {
  TARN_TRY_ASSIGN(const Timestamp created, CreationOf(kind, holder));
  return AttachedTo(kind, holder, created, request);
}

// Of this very user: another one may have the name by now. Groups are those of one moment, and
// their policies are asked for by when they were made.
Result<std::vector<StoredPolicy>> LocalDirectory::PoliciesOf(const User& user) {
  TARN_TRY_ASSIGN(const auto now, FindUser(user.username));
  if (!now || now->created != user.created)
    return Status(Code::kUnauthenticated, "error authenticating request");
  std::map<std::string, StoredPolicy> policies;  // By name.
  const auto add = [&](Holder kind, std::string_view holder, Timestamp created) -> Status {
    TARN_TRY_ASSIGN(auto attached, AttachedTo(kind, holder, created, Everything()));
    for (StoredPolicy& policy : attached.items) {
      std::string name = policy.name;
      policies.insert_or_assign(std::move(name), std::move(policy));
    }
    return {};
  };
  TARN_TRY(add(Holder::kUser, user.username, user.created));
  TARN_TRY_ASSIGN(const auto groups, GroupsOf(user, Everything()));
  for (const Group& group : groups.items) TARN_TRY(add(Holder::kGroup, group.name, group.created));
  std::vector<StoredPolicy> list;
  for (auto& [name, policy] : policies) list.push_back(std::move(policy));
  return list;
}

Result<Page<StoredPolicy>> LocalDirectory::ListEffective(std::string_view username,
                                                         const PageRequest& request) {
  TARN_TRY_ASSIGN(const User user, NeedUser(username));
  TARN_TRY_ASSIGN(std::vector<StoredPolicy> policies, PoliciesOf(user));
  std::erase_if(policies, [&](const StoredPolicy& policy) {
    return !policy.name.starts_with(request.prefix) || policy.name <= request.after;
  });
  Page<StoredPolicy> page;
  page.items = std::move(policies);
  const auto amount = static_cast<size_t>(std::max(request.amount, 1));
  page.has_more = page.items.size() > amount;
  if (page.has_more) page.items.resize(amount);
  return page;
}

}  // namespace tarn::auth
