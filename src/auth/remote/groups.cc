#include "auth/remote/documents.h"
#include "auth/remote/remote_directory.h"
#include "auth/remote/remote_list.h"

namespace tarn::auth {
namespace {

std::string MemberPath(std::string_view group, std::string_view username) {
  return RemotePath({"auth", "groups", group, "members", username});
}

}  // namespace

Result<Page<Group>> RemoteDirectory::ListGroups(const PageRequest& request) {
  return ReadRemoteList(client_, {.path = RemotePath({"auth", "groups"})}, request, &ReadGroup);
}

Result<Group> RemoteDirectory::GetGroup(std::string_view name) {
  TARN_TRY_ASSIGN(const Json document, client_.Read({.path = RemotePath({"auth", "groups", name}),
                                                     .missing = kGroups.missing}));
  return ReadGroup(document);
}

Status RemoteDirectory::CreateGroup(const Group& group) { return AddGroup(group).status(); }

Result<Group> RemoteDirectory::AddGroup(const Group& group) {
  const auto document = client_.Read({.method = "POST",
                                      .path = RemotePath({"auth", "groups"}),
                                      .body = WriteNewGroup(group),
                                      .expected = 201});
  if (document.code() != Code::kWouldBlock) Forget();
  TARN_TRY(document.status());
  return ReadGroup(*document);
}

Status RemoteDirectory::DeleteGroup(std::string_view name) {
  return Change({.method = "DELETE",
                 .path = RemotePath({"auth", "groups", name}),
                 .expected = 204,
                 .missing = kGroups.missing});
}

Result<Page<User>> RemoteDirectory::ListMembers(std::string_view group,
                                                const PageRequest& request) {
  return ReadRemoteList(client_, {.path = RemotePath({"auth", "groups", group, "members"})},
                        request, &ReadUser);
}

Status RemoteDirectory::AddMember(std::string_view group, std::string_view username) {
  return Change({.method = "PUT", .path = MemberPath(group, username), .expected = 201});
}

Status RemoteDirectory::RemoveMember(std::string_view group, std::string_view username) {
  return Change({.method = "DELETE", .path = MemberPath(group, username), .expected = 204});
}

Result<Page<Group>> RemoteDirectory::ListGroupsOf(std::string_view username,
                                                  const PageRequest& request) {
  return ReadRemoteList(client_, {.path = RemotePath({"auth", "users", username, "groups"})},
                        request, &ReadGroup);
}

}  // namespace tarn::auth
