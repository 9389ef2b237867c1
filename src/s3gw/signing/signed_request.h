// Who signed a request: AWS signature version 4 (header or query) and version 2 (header, presigned
// URL, or the query form of old Java SDKs), verified against the secret of the access key. Level 8;
// pure but for the key look-up.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "auth/service.h"
#include "base/clock.h"
#include "codec/digest.h"
#include "codec/url.h"
#include "http/message.h"
#include "s3gw/answer.h"

namespace tarn::s3gw {

/// Characters of an access key id in a signature.
inline constexpr size_t kAccessKeyIdSizeMin = 3;
inline constexpr size_t kAccessKeyIdSizeMax = 20;

/// What verifying a signature leaves behind: the user, and what signatures of chunks go on from.
struct SignedRequest {
  auth::User user;
  bool is_v4 = false;
  std::string date;       ///< "20260102T030405Z"; version 4 only, like the next three.
  std::string scope;      ///< "20260102/us-east-1/s3/aws4_request"
  std::string signature;  ///< Hex.
  Sha256Digest signing_key = {};
};

/// Verifies the signature of `head`. kWouldBlock only on a thread that must not wait.
/// `query` is head.query, decoded; `domains` are those of the gateway (version 2 signs them).
/// An Answer is an S3 error or a failure of the look-up.
std::variant<SignedRequest, Answer> VerifySignature(const http::RequestHead& head,
                                                    const Query& query, auth::Service& auth,
                                                    Clock& clock,
                                                    std::span<const std::string> domains);

}  // namespace tarn::s3gw
