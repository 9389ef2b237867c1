// The service behind "auth.authentication_api.endpoint", which knows what proofs of other clouds
// and of identity providers are worth. Level 7; thread-safe, waits for a bounded time.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace tarn::auth {

/// What a client got from an identity provider.
struct SignOnCode {
  std::string_view code, state, redirect_uri;
};

class AuthenticationService {
 public:
  explicit AuthenticationService(std::string endpoint) : endpoint_(std::move(endpoint)) {}

  /// The id of the external principal whose proof this is; may be empty. kInvalidRequest,
  /// kInsufficientPermissions ("invalid token format"), kForbidden ("session expired"), kSlowDown.
  Result<std::string> PrincipalOf(const Json& identity) const;
  /// What the provider says of who got the code: an object. kInvalidRequest,
  /// kInsufficientPermissions ("Unauthorized"), kSlowDown.
  Result<Json> ClaimsOf(const SignOnCode& code) const;

 private:
  const std::string endpoint_;
};

}  // namespace tarn::auth
