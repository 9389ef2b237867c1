// A service that knows names and passwords. It is asked after the access keys that are kept here,
// for logins and Basic headers, not for signatures. Level 7; implementations are thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "auth/external_user.h"
#include "base/result.h"

namespace tarn::auth {

class PasswordChecker {
 public:
  virtual ~PasswordChecker() = default;
  /// Who it is (AdmitNamedUser); nothing if the password is wrong or the name unknown. kSlowDown
  /// where the service gives no answer. Waits for it, for a bounded time.
  virtual Result<std::optional<ExternalUser>> Check(std::string_view name,
                                                    std::string_view password) = 0;
};

}  // namespace tarn::auth
