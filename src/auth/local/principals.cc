#include "auth/local/local_directory.h"
#include "fmt/format.h"

namespace tarn::auth {

Result<Page<ExternalPrincipal>> LocalDirectory::ListPrincipals(std::string_view username,
                                                               const PageRequest& request) {
  TARN_TRY_ASSIGN(const User user, NeedUser(username));
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<ExternalPrincipal>> {
    TARN_TRY_ASSIGN(PrincipalRecord record, DecodePrincipal(bytes));
    if (record.principal.username != user.username || record.user_created != user.created)
      return std::optional<ExternalPrincipal>();
    return std::optional(std::move(record.principal));
  };
  return OwnPage(records::ListRecords<ExternalPrincipal>(kv_, kPartition, kPrincipals.prefix,
                                                         request, decode));
}

Result<ExternalPrincipal> LocalDirectory::GetPrincipal(std::string_view id) {
  TARN_TRY_ASSIGN(PrincipalRecord record, records::Get(kv_, kPrincipals, kPartition, id));
  TARN_TRY_ASSIGN(const auto user, FindUser(record.principal.username));
  if (!user || record.user_created != user->created) return kPrincipals.missing.ToStatus();
  return std::move(record.principal);
}

Status LocalDirectory::AddPrincipal(const ExternalPrincipal& principal) {
  if (principal.id.empty() || principal.id.size() > kExternalIdBytesMax) {
    return {Code::kInvalidRequest,
            fmt::format("an id has 1 to {} bytes: validation error", kExternalIdBytesMax)};
  }
  TARN_TRY_ASSIGN(const User user, NeedUser(principal.username));
  const auto add =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (found) {
      TARN_TRY_ASSIGN(const PrincipalRecord other, DecodePrincipal(*found));
      TARN_TRY_ASSIGN(const auto owner, FindUser(other.principal.username));
      if (owner && other.user_created == owner->created) return kTaken.ToStatus();
    }
    return std::optional(EncodePrincipal({principal, user.created}));
  };
  return records::UpdateRecord(kv_, random_, kPartition,
                               records::Key(kPrincipals.prefix, principal.id), kPrincipals.what,
                               add);
}

Status LocalDirectory::RemovePrincipal(const ExternalPrincipal& principal) {
  TARN_TRY(NeedUser(principal.username));
  const auto check = [&](const PrincipalRecord& record) -> Status {
    return record.principal.username == principal.username ? Status()
                                                           : kPrincipals.missing.ToStatus();
  };
  TARN_TRY(records::Remove(kv_, random_, kPrincipals, kPartition, principal.id, check));
  Changed();
  return {};
}

}  // namespace tarn::auth
