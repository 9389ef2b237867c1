// JSON web tokens as sign-in issues them: HMAC with SHA-256 (issued), SHA-384 and SHA-512
// (accepted). RFC 7515, 7519. Level 1; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

struct JwtClaims {
  std::string id;               ///< jti
  std::string issuer;           ///< iss
  std::string subject;          ///< sub
  std::string audience;         ///< aud; always one text
  int64_t issued_seconds = 0;   ///< iat
  int64_t expires_seconds = 0;  ///< exp
  /// user_created, a claim of our own: when the subject came to be, so that a later user of that
  /// name is told apart. Empty: left out.
  std::string user_created = {};
};

/// Longest token that VerifyJwt looks at.
inline constexpr size_t kJwtBytesMax = 16 << 10;

/// An HS256 token.
std::string SignJwt(const JwtClaims& claims, std::string_view key);
/// An HS256 token whose payload is that JSON object.
std::string SignJwtPayload(std::string_view payload, std::string_view key);

/// The claims of a token whose signature is right and whose expiry is after `now_seconds`; an
/// expiry is required. kUnauthenticated ("invalid token") otherwise, also for an audience that is
/// not one text. Issuer and the other claims are for the caller to judge.
Result<JwtClaims> VerifyJwt(std::string_view token, std::string_view key, int64_t now_seconds);

/// The same for a token by which a server shows another one that it knows their secret: HS256 only,
/// meant for `audience`, which its own is or has in its list, of some subject, and of use by now.
Result<JwtClaims> VerifyServiceJwt(std::string_view token, std::string_view key,
                                   int64_t now_seconds, std::string_view audience);

}  // namespace tarn
