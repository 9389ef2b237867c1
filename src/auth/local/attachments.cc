#include <algorithm>
#include <map>

#include "auth/local/local_directory.h"

namespace tarn::auth {
namespace {

constexpr int kEverythingOfOne = 1'000'000;  // No holder has more policies.

}  // namespace

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
  const std::string key = records::Key(AttachedPrefix(kind, holder), policy);
  const std::string link = EncodeLink({records::Key(kPolicies.prefix, policy), created});
  const auto attach =
      [&](const std::optional<std::string>& now) -> Result<std::optional<std::string>> {
    if (now) {
      TARN_TRY_ASSIGN(const Link attached, DecodeLink(*now));
      if (IsOf(attached.owner_created, created)) return kTaken.ToStatus();
    }
    return std::optional(link);
  };
  TARN_TRY(records::UpdateRecord(kv_, random_, kPartition, key, "attachment", attach));
  Changed();
  TARN_TRY_ASSIGN(const auto still, records::Find(kv_, kPolicies, kPartition, policy));
  if (still) return {};
  TARN_TRY(records::RemoveIfStill(kv_, kPartition, key, link));
  return kMissing.ToStatus();
}

Status LocalDirectory::DetachPolicy(Holder kind, std::string_view holder, std::string_view policy) {
  TARN_TRY_ASSIGN(const Timestamp created, CreationOf(kind, holder));
  const std::string key = records::Key(AttachedPrefix(kind, holder), policy);
  TARN_TRY_ASSIGN(const auto attached, FindLink(key, created));
  if (!attached) return kMissing.ToStatus();
  TARN_TRY(kv_.Delete(kPartition, key));
  Changed();
  return {};
}

Result<Page<StoredPolicy>> LocalDirectory::ListAttached(Holder kind, std::string_view holder,
                                                        const PageRequest& request) {
  TARN_TRY_ASSIGN(const Timestamp created, CreationOf(kind, holder));
  const auto policy = [&](std::string_view bytes) -> Result<std::optional<StoredPolicy>> {
    TARN_TRY_ASSIGN(const Link link, DecodeLink(bytes));
    std::string_view target = link.target;
    if (!IsOf(link.owner_created, created) || !target.starts_with(kPolicies.prefix))
      return std::optional<StoredPolicy>();
    return records::Find(kv_, kPolicies, kPartition, target.substr(kPolicies.prefix.size()));
  };
  return records::ListRecords<StoredPolicy>(kv_, kPartition, AttachedPrefix(kind, holder), request,
                                            policy);
}

Result<std::vector<StoredPolicy>> LocalDirectory::PoliciesOf(const User& user) {
  const PageRequest all{.prefix = "", .after = "", .amount = kEverythingOfOne};
  std::map<std::string, StoredPolicy> policies;  // By name.
  const auto add = [&](Holder kind, std::string_view holder) -> Status {
    TARN_TRY_ASSIGN(auto attached, ListAttached(kind, holder, all));
    for (StoredPolicy& policy : attached.items) {
      std::string name = policy.name;
      policies.insert_or_assign(std::move(name), std::move(policy));
    }
    return {};
  };
  TARN_TRY(add(Holder::kUser, user.username));
  TARN_TRY_ASSIGN(const auto groups, ListGroupsOf(user.username, all));
  for (const Group& group : groups.items) TARN_TRY(add(Holder::kGroup, group.name));
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
  Page<StoredPolicy> page{std::move(policies)};
  const auto amount = static_cast<size_t>(std::max(request.amount, 1));
  page.has_more = page.items.size() > amount;
  if (page.has_more) page.items.resize(amount);
  return page;
}

}  // namespace tarn::auth
