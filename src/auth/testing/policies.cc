#include "auth/testing/policies.h"

#include <utility>

namespace tarn::auth::testing {
namespace {

Statement ReadStatement(const Json& json) {
  Statement statement;
  statement.effect = json.StringAt("effect").value_or("");
  statement.resource = json.StringAt("resource").value_or("");
  if (const Json* actions = json.Find("action"); actions && actions->is_array())
    for (const Json& action : actions->items()) statement.actions.push_back(action.string());
  const Json* conditions = json.Find("condition");
  if (!conditions || !conditions->is_object()) return statement;
  for (const auto& [name, fields] : conditions->members()) {
    ConditionFields& read = statement.conditions[name];
    if (!fields.is_object()) continue;
    for (const auto& [field, values] : fields.members()) {
      std::vector<std::string>& texts = read[field];
      if (values.is_array())
        for (const Json& value : values.items()) texts.push_back(value.string());
    }
  }
  return statement;
}

}  // namespace

std::vector<Policy> ReadPolicies(const Json& policies) {
  std::vector<Policy> read;
  for (const Json& json : policies.items()) {
    Policy& policy = read.emplace_back();
    if (const Json* statements = json.Find("statement"); statements && statements->is_array())
      for (const Json& statement : statements->items())
        policy.statements.push_back(ReadStatement(statement));
  }
  return read;
}

Policy Rule(std::string effect, std::vector<std::string> actions, std::string resource) {
  Policy policy;
  policy.statements.push_back({std::move(effect), std::move(actions), std::move(resource), {}});
  return policy;
}

Result<std::shared_ptr<const UserPolicies>> GivenPolicies::PoliciesOf(const User& user) {
  if (good_lookups_ > 0) {
    --good_lookups_;
  } else {
    TARN_TRY(failure_);
  }
  return std::make_shared<const UserPolicies>(policies_, user.username);
}

}  // namespace tarn::auth::testing
