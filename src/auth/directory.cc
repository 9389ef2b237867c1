#include "auth/directory.h"

namespace tarn::auth {
namespace {

Status NotImplemented() { return {Code::kNotImplemented, "Not Implemented"}; }

}  // namespace

bool IsKeyOf(const SealedKey& key, const User& user) {
  return key.username == user.username && (!key.user_created || *key.user_created == user.created);
}

Result<std::optional<User>> Directory::FindUserByExternalId(std::string_view) {
  return NotImplemented();
}
Result<std::vector<StoredPolicy>> Directory::PoliciesOf(const User&) { return NotImplemented(); }
Status Directory::SetFriendlyName(std::string_view, std::string_view) { return NotImplemented(); }
Status Directory::SetPassword(std::string_view, std::string_view) { return NotImplemented(); }
Result<Page<SealedKey>> Directory::ListKeys(std::string_view, const PageRequest&) {
  return NotImplemented();
}
Result<SealedKey> Directory::GetKey(std::string_view username, std::string_view access_key_id) {
  TARN_TRY_ASSIGN(auto key, FindKey(access_key_id));
  TARN_TRY_ASSIGN(const auto user, FindUser(username));
  if (!key || !user || !IsKeyOf(*key, *user))
    return Status(Code::kNotFound, "credentials not found");
  return *std::move(key);
}
Result<User> Directory::InviteUser(const User& user) {
  TARN_TRY(CreateUser(user));
  return user;
}
Status Directory::DeleteKey(std::string_view, std::string_view) { return NotImplemented(); }
Result<Page<Group>> Directory::ListGroups(const PageRequest&) { return NotImplemented(); }
Result<Group> Directory::GetGroup(std::string_view) { return NotImplemented(); }
Status Directory::CreateGroup(const Group&) { return NotImplemented(); }
Result<Group> Directory::AddGroup(const Group& group) {
  TARN_TRY(CreateGroup(group));
  return group;
}
Status Directory::DeleteGroup(std::string_view) { return NotImplemented(); }
Result<Page<User>> Directory::ListMembers(std::string_view, const PageRequest&) {
  return NotImplemented();
}
Status Directory::AddMember(std::string_view, std::string_view) { return NotImplemented(); }
Status Directory::RemoveMember(std::string_view, std::string_view) { return NotImplemented(); }
Result<Page<Group>> Directory::ListGroupsOf(std::string_view, const PageRequest&) {
  return NotImplemented();
}
Result<Page<StoredPolicy>> Directory::ListPolicies(const PageRequest&) { return NotImplemented(); }
Result<StoredPolicy> Directory::GetPolicy(std::string_view) { return NotImplemented(); }
Status Directory::CreatePolicy(const StoredPolicy&) { return NotImplemented(); }
Status Directory::ReplacePolicy(const StoredPolicy&) { return NotImplemented(); }
Status Directory::DeletePolicy(std::string_view) { return NotImplemented(); }
Status Directory::AttachPolicy(Holder, std::string_view, std::string_view) {
  return NotImplemented();
}
Status Directory::DetachPolicy(Holder, std::string_view, std::string_view) {
  return NotImplemented();
}
Result<Page<StoredPolicy>> Directory::ListAttached(Holder, std::string_view, const PageRequest&) {
  return NotImplemented();
}
Result<Page<StoredPolicy>> Directory::ListEffective(std::string_view, const PageRequest&) {
  return NotImplemented();
}
Result<Page<ExternalPrincipal>> Directory::ListPrincipals(std::string_view, const PageRequest&) {
  return NotImplemented();
}
Result<ExternalPrincipal> Directory::GetPrincipal(std::string_view) { return NotImplemented(); }
Status Directory::AddPrincipal(const ExternalPrincipal&) { return NotImplemented(); }
Status Directory::RemovePrincipal(const ExternalPrincipal&) { return NotImplemented(); }

}  // namespace tarn::auth
