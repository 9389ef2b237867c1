// Signatures with RSA keys (PKCS #1 v1.5 with SHA-256, "RS256"), over OpenSSL. Level 1;
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;

namespace tarn {

class RsaKey {
 public:
  /// The private key of a PEM text, PKCS #8 or #1, without a password. kInvalidValue, which never
  /// repeats the text.
  static Result<RsaKey> FromPem(std::string_view pem);
  /// The signature of bytes. kInternal.
  Result<std::string> Sign(std::string_view bytes) const;

 private:
  explicit RsaKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace tarn
