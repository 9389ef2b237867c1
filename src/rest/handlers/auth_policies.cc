#include "auth/explain.h"
#include "auth/policy_json.h"
#include "rest/handlers/auth_common.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {
namespace {

using Holder = auth::Directory::Holder;

/// The policy of the body, which fits its schema.
auth::StoredPolicy PolicyOf(const Call& call) {
  auth::StoredPolicy policy{call.BodyText("id"), call.context().clock.Now(), {}, ""};
  for (const Json& statement : call.body().Find("statement")->items())
    policy.policy.statements.push_back(auth::ReadStatement(statement));
  return policy;
}

http::Response AnswerPolicy(const auth::StoredPolicy& policy, int status) {
  JsonBuilder json;
  WritePolicy(&json.writer, policy);
  return std::move(json).Answer(status);
}

http::Response AnswerPolicies(const auth::Page<auth::StoredPolicy>& page) {
  return AnswerPage(
      page, [](const auth::StoredPolicy& policy) -> std::string_view { return policy.name; },
      &WritePolicy);
}

}  // namespace

Result<http::Response> ListPolicies(Call& call) {
  TARN_TRY_ASSIGN(const auto page, call.directory().ListPolicies(call.Page()));
  return AnswerPolicies(page);
}

Result<http::Response> CreatePolicy(Call& call) {
  TARN_TRY(CheckNoPercent("Policy", call.BodyText("id")));
  const auth::StoredPolicy policy = PolicyOf(call);
  TARN_TRY(call.directory().CreatePolicy(policy));
  return AnswerPolicy(policy, 201);
}

Result<http::Response> GetPolicy(Call& call) {
  TARN_TRY_ASSIGN(const auto policy, call.directory().GetPolicy(call.Text("policyId")));
  return AnswerPolicy(policy, 200);
}

Result<http::Response> UpdatePolicy(Call& call) {
  if (call.BodyText("id") != call.Text("policyId"))
    return Status(Code::kInvalidRequest, "can't update policy id");
  const auth::StoredPolicy policy = PolicyOf(call);
  TARN_TRY(call.directory().ReplacePolicy(policy));
  return AnswerPolicy(policy, 200);
}

Result<http::Response> DeletePolicy(Call& call) {
  TARN_TRY(call.directory().DeletePolicy(call.Text("policyId")));
  return EmptyAnswer(204);
}

Result<http::Response> ListUserPolicies(Call& call) {
  auth::Directory& directory = call.directory();
  const std::string_view user = call.Text("userId");
  TARN_TRY_ASSIGN(const auto page, call.Flag("effective")
                                       ? directory.ListEffective(user, call.Page())
                                       : directory.ListAttached(Holder::kUser, user, call.Page()));
  return AnswerPolicies(page);
}

Result<http::Response> AttachPolicyToUser(Call& call) {
  TARN_TRY(
      call.directory().AttachPolicy(Holder::kUser, call.Text("userId"), call.Text("policyId")));
  return EmptyAnswer(201);
}

Result<http::Response> DetachPolicyFromUser(Call& call) {
  TARN_TRY(
      call.directory().DetachPolicy(Holder::kUser, call.Text("userId"), call.Text("policyId")));
  return EmptyAnswer(204);
}

Result<http::Response> ListGroupPolicies(Call& call) {
  TARN_TRY_ASSIGN(const auto page,
                  call.directory().ListAttached(Holder::kGroup, call.Text("groupId"), call.Page()));
  return AnswerPolicies(page);
}

Result<http::Response> AttachPolicyToGroup(Call& call) {
  TARN_TRY(
      call.directory().AttachPolicy(Holder::kGroup, call.Text("groupId"), call.Text("policyId")));
  return EmptyAnswer(201);
}

Result<http::Response> DetachPolicyFromGroup(Call& call) {
  TARN_TRY(
      call.directory().DetachPolicy(Holder::kGroup, call.Text("groupId"), call.Text("policyId")));
  return EmptyAnswer(204);
}

Result<http::Response> SimulateAccess(Call& call) {
  auth::Directory& directory = call.directory();
  TARN_TRY_ASSIGN(const auto user, directory.FindUser(call.BodyText("user")));
  if (!user) return Status(Code::kUserNotFound, "user not found");
  auth::AccessQuestion question{call.BodyText("action"), call.BodyText("resource"), {}};
  if (const Json* context = call.body().Find("context"); context != nullptr) {
    for (const auto& [name, value] : context->members()) question.facts[name] = value.string();
  }
  TARN_TRY_ASSIGN(const auto policies, directory.PoliciesOf(*user));
  const auth::Explanation found = auth::Explain(policies, user->username, question);
  JsonBuilder json;
  json.writer.BeginObject().Field("allowed", found.allowed);
  if (found.decided_by) {
    json.writer.Key("decided_by").BeginObject().Field("policy", found.decided_by->policy);
    json.writer.Field("statement_index", static_cast<int64_t>(found.decided_by->statement));
    json.writer.Field("effect", found.decided_by->effect).EndObject();
  }
  json.writer.Key("missing_actions").BeginArray();
  for (const std::string& action : found.missing) json.writer.String(action);
  json.writer.EndArray().EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
