// A service of the operator that is asked by POST whether a password is right
// ("auth.remote_authenticator"). Level 7; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "auth/password_checker.h"

namespace tarn::auth {

struct RemoteAuthenticatorOptions {
  std::string endpoint;
  std::string group = "Viewers";  ///< Of users who are made: default_user_group.
  int64_t timeout_ms = 10'000;    ///< request_timeout
};

class RemoteAuthenticator : public PasswordChecker {
 public:
  explicit RemoteAuthenticator(RemoteAuthenticatorOptions options) : options_(std::move(options)) {}

  Result<std::optional<ExternalUser>> Check(std::string_view name,
                                            std::string_view password) override;

 private:
  const RemoteAuthenticatorOptions options_;
};

}  // namespace tarn::auth
