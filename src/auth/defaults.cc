#include "auth/defaults.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <string>

#include "auth/permission.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

using Names = std::span<const std::string_view>;
constexpr std::string_view kOwnUser = "arn:lakefs:auth:::user/${user}";

constexpr std::string_view kFsFull[] = {"fs:*"};
constexpr std::string_view kFsReadWrite[] = {
    "fs:Read*",        "fs:List*",     "fs:WriteObject",  "fs:DeleteObject", "fs:RevertBranch",
    "fs:CreateBranch", "fs:CreateTag", "fs:DeleteBranch", "fs:DeleteTag",    "fs:CreateCommit"};
constexpr std::string_view kFsRead[] = {"fs:List*", "fs:Read*"};
constexpr std::string_view kRepositoriesFull[] = {"ci:*", "retention:*", "branches:*", "pr:*",
                                                  "fs:ReadConfig"};
constexpr std::string_view kRepositoriesRead[] = {"ci:Read*", "retention:Get*", "branches:Get*",
                                                  "pr:Read*", "pr:List*",       "fs:ReadConfig"};
constexpr std::string_view kPulls[] = {"pr:*"};
constexpr std::string_view kCatalogRead[] = {"catalog:ListNamespaces", "catalog:GetNamespace",
                                             "catalog:ListTables",     "catalog:ReadTable",
                                             "catalog:ListViews",      "catalog:ReadView"};
constexpr std::string_view kCatalogFull[] = {"catalog:*"};
constexpr std::string_view kAuthFull[] = {"auth:*"};
constexpr std::string_view kOwnKeys[] = {"auth:CreateCredentials", "auth:DeleteCredentials",
                                         "auth:ListCredentials", "auth:ReadCredentials"};
constexpr std::string_view kReadConfig[] = {"fs:ReadConfig"};
constexpr std::string_view kAlmostEverything[] = {"fs:*",        "auth:*",     "ci:*",
                                                  "retention:*", "branches:*", "pr:*"};

struct DefaultPolicy {
  std::string_view name;
  Names actions;
  std::string_view resource = kEverything;
};
constexpr DefaultPolicy kPolicyTable[] = {
    {"FSFullAccess", kFsFull},
    {"FSReadWriteAll", kFsReadWrite},
    {"FSReadAll", kFsRead},
    {"RepoManagementFullAccess", kRepositoriesFull},
    {"PRReadWriteAll", kPulls},
    {"CatalogReadAll", kCatalogRead},
    {"CatalogReadWriteAll", kCatalogFull},
    {"RepoManagementReadAll", kRepositoriesRead},
    {"AuthFullAccess", kAuthFull},
    {"AuthManageOwnCredentials", kOwnKeys, kOwnUser},
};

constexpr std::string_view kAdminPolicies[] = {"FSFullAccess", "CatalogReadWriteAll",
                                               "AuthFullAccess", "RepoManagementFullAccess"};
constexpr std::string_view kSuperUserPolicies[] = {
    "FSFullAccess", "CatalogReadWriteAll", "AuthManageOwnCredentials", "RepoManagementReadAll"};
constexpr std::string_view kDeveloperPolicies[] = {
    "FSReadWriteAll", "PRReadWriteAll", "CatalogReadWriteAll", "AuthManageOwnCredentials",
    "RepoManagementReadAll"};
constexpr std::string_view kViewerPolicies[] = {"FSReadAll", "CatalogReadAll",
                                                "AuthManageOwnCredentials"};
struct DefaultGroup {
  std::string_view name;
  Names policies;
};
constexpr DefaultGroup kGroupTable[] = {
    {kAdministrators, kAdminPolicies},
    {"SuperUsers", kSuperUserPolicies},
    {"Developers", kDeveloperPolicies},
    {"Viewers", kViewerPolicies},
};

struct AllowedActions {
  Names actions;
  std::string_view resource = kEverything;
};
constexpr AllowedActions kAdminAcl[] = {{kAlmostEverything}};
constexpr AllowedActions kSuperAcl[] = {{kFsFull}, {kOwnKeys, kOwnUser}, {kRepositoriesRead}};
constexpr AllowedActions kWriteAcl[] = {{kFsReadWrite}, {kOwnKeys, kOwnUser}, {kRepositoriesRead}};
constexpr AllowedActions kReadAcl[] = {{kFsRead}, {kReadConfig}, {kOwnKeys, kOwnUser}};
struct AclPermission {
  std::string_view name, group;
  std::span<const AllowedActions> statements;
};
constexpr AclPermission kAclTable[] = {
    {kAdministration, kAdministrators, kAdminAcl},
    {"Super", "Supers", kSuperAcl},
    {"Write", "Writers", kWriteAcl},
    {"Read", "Readers", kReadAcl},
};

Statement Allow(Names actions, std::string_view resource) {
  Statement statement;
  statement.effect = "allow";
  statement.actions.assign(actions.begin(), actions.end());
  statement.resource = resource;
  return statement;
}

/// What is there already counts as made.
Status UnlessThere(Status made) {
  return made.code() == Code::kAlreadyExists ? Status() : std::move(made);
}

Status MakeGroup(Directory& directory, std::string_view name, Timestamp now) {
  return UnlessThere(directory.CreateGroup({std::string(name), now, ""}));
}

Status Attach(Directory& directory, std::string_view name, Names policies) {
  for (const std::string_view policy : policies)
    TARN_TRY(UnlessThere(directory.AttachPolicy(Directory::Holder::kGroup, name, policy)));
  return {};
}

// In the reference's order, which a server that keeps them elsewhere sees.
Status CreatePolicies(Directory& directory, Timestamp now) {
  for (const DefaultGroup& row : kGroupTable) TARN_TRY(MakeGroup(directory, row.name, now));
  for (const DefaultPolicy& row : kPolicyTable) {
    StoredPolicy policy{std::string(row.name), now, {}, ""};
    policy.policy.statements.push_back(Allow(row.actions, row.resource));
    TARN_TRY(UnlessThere(directory.CreatePolicy(policy)));
  }
  for (const DefaultGroup& row : kGroupTable) TARN_TRY(Attach(directory, row.name, row.policies));
  return {};
}

Status CreateLists(Directory& directory, Timestamp now) {
  for (const AclPermission& row : kAclTable) {
    TARN_TRY_ASSIGN(const StoredPolicy policy, AclPolicy(row.group, row.name, now));
    TARN_TRY(UnlessThere(directory.CreatePolicy(policy)));
    const std::string_view name = policy.name;
    TARN_TRY(MakeGroup(directory, row.group, now));
    TARN_TRY(Attach(directory, row.group, {&name, 1}));
  }
  return {};
}

}  // namespace

Status CreateDefaults(Directory& directory, Mode mode, Timestamp now) {
  return mode == Mode::kSimplified ? CreateLists(directory, now) : CreatePolicies(directory, now);
}

std::string AclPolicyName(std::string_view group) { return fmt::format("ACL(_-_){}", group); }

Result<StoredPolicy> AclPolicy(std::string_view group, std::string_view permission, Timestamp now) {
  const auto* const row =
      std::find_if(std::begin(kAclTable), std::end(kAclTable),
                   [&](const AclPermission& other) { return other.name == permission; });
  if (row == std::end(kAclTable)) {
    return Status(Code::kInvalidRequest,
                  fmt::format("validation error: Bad ACL permission \"{}\"", permission));
  }
  StoredPolicy policy{AclPolicyName(group), now, {}, std::string(permission)};
  for (const AllowedActions& allowed : row->statements)
    policy.policy.statements.push_back(Allow(allowed.actions, allowed.resource));
  return policy;
}

}  // namespace tarn::auth
