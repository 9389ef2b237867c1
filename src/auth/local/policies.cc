#include "auth/defaults.h"
#include "auth/local/local_directory.h"
#include "auth/policy_check.h"
#include "base/log.h"
#include "fmt/format.h"

namespace tarn::auth {

Result<Page<StoredPolicy>> LocalDirectory::ListPolicies(const PageRequest& request) {
  return OwnPage(records::List(kv_, kPolicies, kPartition, request));
}

Result<StoredPolicy> LocalDirectory::GetPolicy(std::string_view name) {
  return records::Get(kv_, kPolicies, kPartition, name);
}

Status LocalDirectory::CreatePolicy(const StoredPolicy& policy) {
  TARN_TRY(CheckPolicy(policy));
  StoredPolicy made = policy;
  made.made = policy.created;
  return records::Create(kv_, kPolicies, kPartition, policy.name, made);
}

Status LocalDirectory::ReplacePolicy(const StoredPolicy& policy) {
  TARN_TRY(CheckPolicy(policy));
  TARN_TRY(CheckAdministration(policy.name, &policy));
  const auto replace = [&](StoredPolicy* stored) -> Result<bool> {
    stored->policy = policy.policy;
    stored->acl = policy.acl;
    return true;
  };
  Status replaced = records::Update(kv_, random_, kPolicies, kPartition, policy.name, replace);
  if (replaced.code() == Code::kNotFound) return kMissing.ToStatus();
  TARN_TRY(std::move(replaced));
  Changed();
  return {};
}

template <class T>
Status LocalDirectory::DetachFromAll(const records::Kind<T>& holders, Holder kind,
                                     const StoredPolicy& policy) {
  return records::ForEachRecord(
      kv_, kPartition, holders.prefix, [&](std::string_view key, std::string_view) -> Status {
        const std::string attached =
            records::Key(AttachedPrefix(kind, key.substr(holders.prefix.size())), policy.name);
        const auto found = kv_.Get(kPartition, attached);
        // Names of the reference may be too long for it to have been there.
        if (found.code() == Code::kTooLarge) return {};
        TARN_TRY(found.status());
        if (!*found) return {};
        TARN_TRY_ASSIGN(const Link link, DecodeLink(**found));
        if (link.member_created != policy.made) return {};
        return records::RemoveIfStill(kv_, kPartition, attached, **found);
      });
}

// What a later policy of that name is attached to by now stays.
Status LocalDirectory::DeletePolicy(std::string_view name) {
  StoredPolicy deleted;
  TARN_TRY(CheckAdministration(name, nullptr));
  TARN_TRY(
      records::Remove(kv_, random_, kPolicies, kPartition, name, [&](const StoredPolicy& policy) {
        deleted = policy;
        return Status();
      }));
  Changed();
  // It is gone whether or not this is done.
  Status detached = DetachFromAll(kUsers, Holder::kUser, deleted);
  if (detached.ok()) detached = DetachFromAll(kGroups, Holder::kGroup, deleted);
  if (!detached.ok())
    TARN_LOG_WARN("deleted policy {} remains attached: {}", name, detached.ToString());
  return {};
}

Status LocalDirectory::CheckAdministration(std::string_view policy, const StoredPolicy* next) {
  class NoFacts : public RequestFacts {
   public:
    Status AppendName(std::string_view, size_t, std::string*) override { return {}; }
    size_t CountOf(std::string_view) override { return 0; }
    std::optional<std::string> Fact(std::string_view) override { return std::nullopt; }
  };
  TARN_TRY_ASSIGN(const auto group, records::Find(kv_, kGroups, kPartition, kAdministrators));
  if (!group) return {};
  TARN_TRY_ASSIGN(const auto attached,
                  AttachedTo(Holder::kGroup, group->name, group->created, Everything()));
  std::vector<Policy> now, then;
  for (const StoredPolicy& one : attached.items) {
    now.push_back(one.policy);
    if (one.name != policy) then.push_back(one.policy);
    if (one.name == policy && next != nullptr) then.push_back(next->policy);
  }
  constexpr Permission kAdminister("auth:AttachPolicy", "arn:lakefs:auth:::group/Admins");
  const auto may = [&](const std::vector<Policy>& policies) -> Result<bool> {
    NoFacts facts;
    TARN_TRY_ASSIGN(const Decision decision, UserPolicies(policies, "").Decide(kAdminister, facts));
    return decision.verdict == Verdict::kAllow;
  };
  TARN_TRY_ASSIGN(const bool may_now, may(now));
  TARN_TRY_ASSIGN(const bool may_then, may(then));
  if (!may_now || may_then) return {};
  return {Code::kConflict, fmt::format("without {} the {} could not administer users any more",
                                       policy, kAdministrators)};
}

}  // namespace tarn::auth
