#include "auth/policy_json.h"
#include "authserver/answers.h"
#include "authserver/handlers.h"

namespace tarn::authserver {
namespace {

/// The policy of the body, under the time of now.
auth::StoredPolicy PolicyOf(const Call& call) {
  auth::StoredPolicy policy{call.Text("name"), call.now(), {}, call.Text("acl")};
  const Json* const statements = call.body().Find("statement");
  if (statements == nullptr || !statements->is_array()) return policy;
  for (const Json& statement : statements->items())
    policy.policy.statements.push_back(auth::ReadStatement(statement));
  return policy;
}

}  // namespace

Result<http::Response> ListPolicies(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page, call.directory().ListPolicies(request));
  return AnswerPolicies(page);
}

Result<http::Response> CreatePolicy(Call& call) {
  const auth::StoredPolicy policy = PolicyOf(call);
  TARN_TRY(call.directory().CreatePolicy(policy));
  return AnswerOne(201, policy, &WritePolicy);
}

Result<http::Response> GetPolicy(Call& call) {
  TARN_TRY_ASSIGN(const auth::StoredPolicy policy, call.directory().GetPolicy(call.PolicyName()));
  return AnswerOne(200, policy, &WritePolicy);
}

Result<http::Response> UpdatePolicy(Call& call) {
  if (call.Text("name") != call.PolicyName())
    return Status(Code::kInvalidRequest, "a policy keeps its name");
  TARN_TRY(call.directory().ReplacePolicy(PolicyOf(call)));
  return GetPolicy(call);
}

Result<http::Response> DeletePolicy(Call& call) {
  TARN_TRY(call.directory().DeletePolicy(call.PolicyName()));
  return serving::EmptyAnswer(204);
}

}  // namespace tarn::authserver
