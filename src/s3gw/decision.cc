#include "s3gw/decision.h"

#include "s3gw/operations/copy_source.h"
#include "serving/client_address.h"

namespace tarn::s3gw {

Status CallFacts::AppendName(std::string_view name, size_t, std::string* out) {
  if (name == "repository") {
    *out += call_.target().repository;
  } else if (name == "key") {
    *out += key_;
  } else {
    const auto source = ReadCopySource(call_.Header("x-amz-copy-source"));
    if (!source.ok()) return {Code::kInternal, "permission: the source cannot be read"};
    *out += name == "source.repository" ? source->repository : source->path;
  }
  return {};
}

std::optional<std::string> CallFacts::Fact(std::string_view name) {
  return serving::FactOf(call_.head(), name);
}

const auth::Permission& WantedPermission(const Operation& operation, const Query& query) {
  const Kind& kind = *operation.kind;
  const bool has_choice = kind.branches_permission.kind != auth::Permission::Kind::kNone;
  const bool of_branches =
      query.Get("delimiter") == "/" && query.Get("prefix").find('/') == std::string_view::npos;
  return has_choice && of_branches ? kind.branches_permission : kind.permission;
}

}  // namespace tarn::s3gw
