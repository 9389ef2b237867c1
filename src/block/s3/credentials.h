// With what requests to S3 are signed: keys that may expire (block/remote/renewed.h). Level 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "block/remote/renewed.h"

namespace tarn::block::s3 {

struct Credentials {
  std::string access_key_id, secret_access_key;
  std::string session_token;               ///< Empty: of a lasting key.
  std::optional<int64_t> expires_seconds;  ///< Unix time; nothing: never.
};

using CredentialSource = remote::RenewalSource<Credentials>;
using CredentialCache = remote::Renewed<Credentials>;

}  // namespace tarn::block::s3
