#include "authserver/missing.h"

namespace tarn::authserver {
namespace {

Result<bool> HasUser(const Call& call) {
  TARN_TRY_ASSIGN(const auto user, call.directory().FindUser(call.UserName()));
  return user.has_value();
}

Result<bool> Has(const Status& status) {
  if (status.code() == Code::kNotFound) return false;
  TARN_TRY(status);
  return true;
}

Result<bool> HasGroup(const Call& call) {
  return Has(call.directory().GetGroup(call.GroupName()).status());
}

Result<bool> HasPolicy(const Call& call) {
  return Has(call.directory().GetPolicy(call.PolicyName()).status());
}

struct Row {
  std::string_view parameter;
  Result<bool> (*is_there)(const Call& call);
  std::string_view text;
};
constexpr Row kRows[] = {{"{userId}", &HasUser, "user not found"},
                         {"{groupId}", &HasGroup, "group not found"},
                         {"{policyId}", &HasPolicy, "policy not found"}};

}  // namespace

Status NameMissing(const Call& call, const Status& failure) {
  for (const Row& row : kRows) {
    if (call.operation().path.find(row.parameter) == std::string_view::npos) continue;
    TARN_TRY_ASSIGN(const bool is_there, row.is_there(call));
    if (!is_there) return {failure.code(), std::string(row.text)};
  }
  return {failure.code(), std::string(call.operation().missing)};
}

}  // namespace tarn::authserver
