// Policies for tests: read from the documents of the REST API, given to users. Level 7, tests only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/authorizer.h"
#include "codec/json.h"

namespace tarn::auth::testing {

/// A list of policies as the REST API writes them.
std::vector<Policy> ReadPolicies(const Json& policies);

/// One statement that allows or denies actions on a resource.
Policy Rule(std::string effect, std::vector<std::string> actions, std::string resource);

/// The same policies for every user, until others are given. One thread at a time.
class GivenPolicies : public PolicySource {
 public:
  void Give(std::vector<Policy> policies) { policies_ = std::move(policies); }
  /// Makes every look-up fail, but for the next few; success mends it.
  void Break(Status failure, int good_lookups = 0) {
    failure_ = std::move(failure);
    good_lookups_ = good_lookups;
  }

  Result<std::shared_ptr<const UserPolicies>> PoliciesOf(const User& user) override;

 private:
  std::vector<Policy> policies_;
  Status failure_;
  int good_lookups_ = 0;
};

}  // namespace tarn::auth::testing
