#include "auth/policy_check.h"
#include "auth/remote/documents.h"
#include "auth/remote/remote_directory.h"
#include "auth/remote/remote_list.h"

namespace tarn::auth {
namespace {

std::string PathOf(std::string_view policy) { return RemotePath({"auth", "policies", policy}); }

std::string_view CollectionOf(Directory::Holder kind) {
  return kind == Directory::Holder::kUser ? "users" : "groups";
}

std::string AttachmentPath(Directory::Holder kind, std::string_view holder,
                           std::string_view policy) {
  return RemotePath({"auth", CollectionOf(kind), holder, "policies", policy});
}

RemoteCall PoliciesOfUser(std::string_view username, bool is_effective) {
  return {.path = RemotePath({"auth", "users", username, "policies"}),
          .query = RemoteQuery("effective", is_effective ? "true" : "false")};
}

}  // namespace

Result<Page<StoredPolicy>> RemoteDirectory::ListPolicies(const PageRequest& request) {
  return ReadRemoteList(client_, {.path = RemotePath({"auth", "policies"})}, request, &ReadPolicy);
}

Result<StoredPolicy> RemoteDirectory::GetPolicy(std::string_view name) {
  TARN_TRY_ASSIGN(const Json document,
                  client_.Read({.path = PathOf(name), .missing = kPolicies.missing}));
  return ReadPolicy(document);
}

// What is in it the server judges.
Status RemoteDirectory::CreatePolicy(const StoredPolicy& policy) {
  TARN_TRY(CheckName(policy.name));
  return Change({.method = "POST",
                 .path = RemotePath({"auth", "policies"}),
                 .body = WritePolicyDocument(policy),
                 .expected = 201});
}

Status RemoteDirectory::ReplacePolicy(const StoredPolicy& policy) {
  return Change(
      {.method = "PUT", .path = PathOf(policy.name), .body = WritePolicyDocument(policy)});
}

Status RemoteDirectory::DeletePolicy(std::string_view name) {
  return Change(
      {.method = "DELETE", .path = PathOf(name), .expected = 204, .missing = kPolicies.missing});
}

Status RemoteDirectory::AttachPolicy(Holder kind, std::string_view holder,
                                     std::string_view policy) {
  return Change({.method = "PUT", .path = AttachmentPath(kind, holder, policy), .expected = 201});
}

Status RemoteDirectory::DetachPolicy(Holder kind, std::string_view holder,
                                     std::string_view policy) {
  return Change(
      {.method = "DELETE", .path = AttachmentPath(kind, holder, policy), .expected = 204});
}

Result<Page<StoredPolicy>> RemoteDirectory::ListAttached(Holder kind, std::string_view holder,
                                                         const PageRequest& request) {
  RemoteCall call = kind == Holder::kUser
                        ? PoliciesOfUser(holder, /*is_effective=*/false)
                        : RemoteCall{.path = RemotePath({"auth", "groups", holder, "policies"})};
  return ReadRemoteList(client_, std::move(call), request, &ReadPolicy);
}

Result<Page<StoredPolicy>> RemoteDirectory::ListEffective(std::string_view username,
                                                          const PageRequest& request) {
  return ReadRemoteList(client_, PoliciesOfUser(username, /*is_effective=*/true), request,
                        &ReadPolicy);
}

Result<std::vector<StoredPolicy>> RemoteDirectory::PoliciesOf(const User& user) {
  if (auto known = policies_.Find(user.username)) return *std::move(known);
  const uint64_t generation = policies_.generation();
  auto all = ReadRemotePages(client_, PoliciesOfUser(user.username, /*is_effective=*/true), {},
                             kRemotePageMax, &ReadPolicy);
  if (!all.ok()) return AsOutage(std::move(all).status());
  policies_.Insert(user.username, all->items, generation);
  return std::move(all->items);
}

}  // namespace tarn::auth
