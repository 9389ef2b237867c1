#include "auth/local/local_directory.h"
#include "auth/policy_check.h"

namespace tarn::auth {

Result<Page<StoredPolicy>> LocalDirectory::ListPolicies(const PageRequest& request) {
  return records::List(kv_, kPolicies, kPartition, request);
}

Result<StoredPolicy> LocalDirectory::GetPolicy(std::string_view name) {
  return records::Get(kv_, kPolicies, kPartition, name);
}

Status LocalDirectory::CreatePolicy(const StoredPolicy& policy) {
  TARN_TRY(CheckPolicy(policy));
  return records::Create(kv_, kPolicies, kPartition, policy.name, policy);
}

Status LocalDirectory::ReplacePolicy(const StoredPolicy& policy) {
  TARN_TRY(CheckPolicy(policy));
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
Status LocalDirectory::DropLink(const records::Kind<T>& holders, Holder kind,
                                std::string_view policy) {
  return records::ForEachRecord(
      kv_, kPartition, holders.prefix, [&](std::string_view key, std::string_view) {
        const std::string_view holder = key.substr(holders.prefix.size());
        return kv_.Delete(kPartition, records::Key(AttachedPrefix(kind, holder), policy));
      });
}

Status LocalDirectory::DetachEverywhere(std::string_view policy) {
  TARN_TRY(DropLink(kUsers, Holder::kUser, policy));
  return DropLink(kGroups, Holder::kGroup, policy);
}

// Whoever attaches it meanwhile looks whether it is still there, and takes back what it wrote.
Status LocalDirectory::DeletePolicy(std::string_view name) {
  TARN_TRY(GetPolicy(name));
  TARN_TRY(DetachEverywhere(name));
  TARN_TRY(records::Remove(kv_, random_, kPolicies, kPartition, name,
                           [](const StoredPolicy&) { return Status(); }));
  Changed();
  return DetachEverywhere(name);
}

}  // namespace tarn::auth
