// With what requests to S3 are signed: keys that may expire (base/renewed.h). Level 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/renewed.h"

namespace tarn::http::aws {

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;               ///< Empty: of a lasting key.
  std::optional<int64_t> expires_seconds;  ///< Unix time; nothing: never.
};

using CredentialSource = RenewalSource<Credentials>;
using CredentialCache = Renewed<Credentials>;

}  // namespace tarn::http::aws
