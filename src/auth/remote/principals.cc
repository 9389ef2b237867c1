#include "auth/remote/documents.h"
#include "auth/remote/remote_directory.h"
#include "auth/remote/remote_list.h"

namespace tarn::auth {
namespace {

std::string PathOf(std::string_view username) {
  return RemotePath({"auth", "users", username, "external", "principals"});
}

std::string QueryOf(std::string_view id) { return RemoteQuery("principalId", id); }

}  // namespace

Result<Page<ExternalPrincipal>> RemoteDirectory::ListPrincipals(std::string_view username,
                                                                const PageRequest& request) {
  return ReadRemoteList(
      client_, {.path = RemotePath({"auth", "users", username, "external", "principals", "ls"})},
      request, &ReadPrincipal);
}

Result<ExternalPrincipal> RemoteDirectory::GetPrincipal(std::string_view id) {
  TARN_TRY_ASSIGN(
      const Json document,
      client_.Read({.path = RemotePath({"auth", "external", "principals"}), .query = QueryOf(id)}));
  TARN_TRY_ASSIGN(ExternalPrincipal principal, ReadPrincipal(document));
  if (principal.id != id)
    return Status(Code::kIo, "the authorization server speaks of another principal");
  return principal;
}

Status RemoteDirectory::AddPrincipal(const ExternalPrincipal& principal) {
  return Change({.method = "POST",
                 .path = PathOf(principal.username),
                 .query = QueryOf(principal.id),
                 .expected = 201});
}

Status RemoteDirectory::RemovePrincipal(const ExternalPrincipal& principal) {
  return Change({.method = "DELETE",
                 .path = PathOf(principal.username),
                 .query = QueryOf(principal.id),
                 .expected = 204});
}

}  // namespace tarn::auth
