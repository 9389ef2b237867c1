#include "auth/testing/policies.h"

#include <utility>

#include "auth/policy_json.h"

namespace tarn::auth::testing {
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
