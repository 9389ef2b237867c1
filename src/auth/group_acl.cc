#include "auth/group_acl.h"

#include "auth/defaults.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

constexpr auto kGroup = Directory::Holder::kGroup;

Status ReplaceOrCreate(Directory& directory, const StoredPolicy& policy) {
  Status replaced = directory.ReplacePolicy(policy);
  return replaced.code() == Code::kNotFound ? directory.CreatePolicy(policy) : std::move(replaced);
}

}  // namespace

Result<GroupAcl> GetGroupAcl(Directory& directory, std::string_view group) {
  TARN_TRY_ASSIGN(const auto page, directory.ListAttached(kGroup, group, {.amount = 2}));
  if (page.items.empty()) return GroupAcl();
  if (page.items.size() > 1) return GroupAcl{"", "Multiple policies attached to group - no ACL"};
  if (page.items.front().acl.empty()) return GroupAcl{"", "Policy attached to group has no ACL"};
  return GroupAcl{page.items.front().acl, ""};
}

Status SetGroupAcl(Directory& directory, std::string_view group, std::string_view permission,
                   Timestamp now) {
  auto policy = AclPolicy(group, permission, now);
  if (!policy.ok()) {
    return std::move(policy).status().Prefixed(
        fmt::format("{}: translate ACL {{Permission:{}}} to statements: ", group, permission));
  }
  if (group == kAdministrators && permission != kAdministration) {
    return {Code::kConflict, fmt::format("the permission of {} is {}", group, kAdministration)};
  }
  // A missing group is noticed before the policy is written, but where another server is asked,
  // which sees the calls of the reference in their order.
  if (directory.is_remote()) TARN_TRY(ReplaceOrCreate(directory, *policy));
  const auto before = directory.ListAttached(kGroup, group, Everything());
  if (before.code() == Code::kNotFound) {
    return Status(before.status())
        .Prefixed(fmt::format("list existing group policies for group {}: ", group));
  }
  TARN_TRY(before.status());
  if (!directory.is_remote()) TARN_TRY(ReplaceOrCreate(directory, *policy));
  const Status attached = directory.AttachPolicy(kGroup, group, policy->name);
  if (attached.code() != Code::kAlreadyExists) TARN_TRY(attached);
  for (const StoredPolicy& other : before->items) {
    if (other.name == policy->name) continue;
    const Status detached = directory.DetachPolicy(kGroup, group, other.name);
    if (detached.code() != Code::kNotFound) TARN_TRY(detached);
  }
  return {};
}

}  // namespace tarn::auth
