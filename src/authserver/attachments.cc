// Policies of users and groups.
#include "authserver/answers.h"
#include "authserver/handlers.h"
#include "fmt/format.h"

namespace tarn::authserver {
namespace {

using Holder = auth::Directory::Holder;

Result<http::Response> Attach(Call& call, Holder kind, std::string_view holder) {
  TARN_TRY(call.directory().AttachPolicy(kind, holder, call.PolicyName()));
  return serving::EmptyAnswer(201);
}

Result<http::Response> Detach(Call& call, Holder kind, std::string_view holder) {
  TARN_TRY(call.directory().DetachPolicy(kind, holder, call.PolicyName()));
  return serving::EmptyAnswer(204);
}

/// Whether a flag of the query is set. kInvalidRequest for what is neither true nor false: a list
/// of some policies must not be taken for one of all.
Result<bool> Flag(const Call& call, std::string_view name) {
  const std::string text = call.Query(name).value_or("false");
  if (text != "true" && text != "false")
    return Status(Code::kInvalidRequest, fmt::format("{} must be true or false", name));
  return text == "true";
}

}  // namespace

Result<http::Response> ListGroupPolicies(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page,
                  call.directory().ListAttached(Holder::kGroup, call.GroupName(), request));
  return AnswerPolicies(page);
}

Result<http::Response> AttachToGroup(Call& call) {
  return Attach(call, Holder::kGroup, call.GroupName());
}

Result<http::Response> DetachFromGroup(Call& call) {
  return Detach(call, Holder::kGroup, call.GroupName());
}

Result<http::Response> ListUserPolicies(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const bool effective, Flag(call, "effective"));
  auth::Directory& directory = call.directory();
  TARN_TRY_ASSIGN(const auto page,
                  effective ? directory.ListEffective(call.UserName(), request)
                            : directory.ListAttached(Holder::kUser, call.UserName(), request));
  return AnswerPolicies(page);
}

Result<http::Response> AttachToUser(Call& call) {
  return Attach(call, Holder::kUser, call.UserName());
}

Result<http::Response> DetachFromUser(Call& call) {
  return Detach(call, Holder::kUser, call.UserName());
}

}  // namespace tarn::authserver
