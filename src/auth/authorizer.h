// The one decision on permissions: every operation of every protocol asks here, and nothing else
// allows or denies. Level 7; thread-safe.
#pragma once

#include <memory>
#include <string_view>

#include "auth/permission.h"
#include "auth/policy.h"
#include "auth/user.h"
#include "base/result.h"

namespace tarn::auth {

/// Where the policies of users come from. Thread-safe.
class PolicySource {
 public:
  virtual ~PolicySource() = default;
  /// All policies that hold for a user, of the user's own and of groups. kWouldBlock only where it
  /// would have to wait and must not; an outage is an error, never a set without policies.
  virtual Result<std::shared_ptr<const UserPolicies>> PoliciesOf(const User& user) = 0;
};

/// What of a list a user may see.
class Visibility {
 public:
  /// `item`: what the one name in the resource of the permission is.
  bool Shows(std::string_view item) const;

 private:
  friend class Authorizer;
  // shared: the source may replace a user's policies meanwhile; null: all is shown
  std::shared_ptr<const UserPolicies> policies_;
  Permission wanted_;
};

class Authorizer {
 public:
  /// With no source there is one user, who may do everything.
  explicit Authorizer(PolicySource* policies = nullptr) : policies_(policies) {}

  /// Success: `who` has the permission. kInsufficientPermissions ("insufficient permissions: not
  /// allowed to fs:ReadObject"); errors of PoliciesOf and of `facts`, which is asked only if there
  /// are policies.
  Status Decide(const User& who, const Permission& wanted, RequestFacts& facts) const {
    return policies_ == nullptr ? Status() : DecideByPolicies(who, wanted, facts);
  }

  /// What a listing shows: the items that `who` has a permission on, an action on a resource.
  /// kInsufficientPermissions for who has the action on nothing at all; errors of PoliciesOf.
  Result<Visibility> See(const User& who, const Permission& wanted) const;

 private:
  Status DecideByPolicies(const User& who, const Permission& wanted, RequestFacts& facts) const;

  PolicySource* const policies_;
};

}  // namespace tarn::auth
