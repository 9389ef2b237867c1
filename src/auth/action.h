// The actions that permissions and policies are about: "service:Verb", as the contract names them.
// Level 7; constant data.
#pragma once

#include <string_view>

namespace tarn::auth {

inline constexpr std::string_view kActionNames[] = {
    "fs:ReadRepository",
    "fs:CreateRepository",
    "fs:UpdateRepository",
    "fs:AttachStorageNamespace",
    "fs:ImportFromStorage",
    "fs:ImportCancel",
    "fs:DeleteRepository",
    "fs:ListRepositories",
    "fs:ReadObject",
    "fs:WriteObject",
    "fs:DeleteObject",
    "fs:ListObjects",
    "fs:CreateCommit",
    "fs:ReadCommit",
    "fs:ListCommits",
    "fs:CreateBranch",
    "fs:DeleteBranch",
    "fs:ReadBranch",
    "fs:RevertBranch",
    "fs:ListBranches",
    "fs:CreateTag",
    "fs:DeleteTag",
    "fs:ReadTag",
    "fs:ListTags",
    "fs:ReadConfig",
    "auth:ReadUser",
    "auth:CreateUser",
    "auth:DeleteUser",
    "auth:ListUsers",
    "auth:ReadGroup",
    "auth:CreateGroup",
    "auth:DeleteGroup",
    "auth:ListGroups",
    "auth:AddGroupMember",
    "auth:RemoveGroupMember",
    "auth:ReadPolicy",
    "auth:CreatePolicy",
    "auth:UpdatePolicy",
    "auth:DeletePolicy",
    "auth:ListPolicies",
    "auth:AttachPolicy",
    "auth:DetachPolicy",
    "auth:ReadCredentials",
    "auth:CreateCredentials",
    "auth:DeleteCredentials",
    "auth:ListCredentials",
    "auth:CreateUserExternalPrincipal",
    "auth:DeleteUserExternalPrincipal",
    "auth:ReadExternalPrincipal",
    "ci:ReadAction",
    "retention:PrepareGarbageCollectionCommits",
    "retention:GetGarbageCollectionRules",
    "retention:SetGarbageCollectionRules",
    "retention:PrepareGarbageCollectionUncommitted",
    "branches:GetBranchProtectionRules",
    "branches:SetBranchProtectionRules",
    "pr:ReadPullRequest",
    "pr:WritePullRequest",
    "pr:ListPullRequests",
    "catalog:ListNamespaces",
    "catalog:GetNamespace",
    "catalog:CreateNamespace",
    "catalog:UpdateNamespace",
    "catalog:DeleteNamespace",
    "catalog:ListTables",
    "catalog:ReadTable",
    "catalog:CreateTable",
    "catalog:UpdateTable",
    "catalog:DeleteTable",
    "catalog:ListViews",
    "catalog:ReadView",
    "catalog:CreateView",
    "catalog:UpdateView",
    "catalog:DeleteView",
};

/// One of them. Text that names none does not compile, so a table cannot ask for what no policy
/// could allow.
class Action {
 public:
  consteval Action(const char* name) : name_(Known(name)) {}  // NOLINT(google-explicit-constructor)
  constexpr std::string_view name() const { return name_; }

 private:
  static void NoSuchAction();  // not defined, and no constant expression
  static consteval std::string_view Known(std::string_view name) {
    for (const std::string_view known : kActionNames)
      if (known == name) return known;
    NoSuchAction();
    return {};
  }

  std::string_view name_;
};

}  // namespace tarn::auth
