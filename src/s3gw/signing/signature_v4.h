// Signatures of version 4 as requests carry them, in the Authorization header or in the query of a
// presigned URL. What is signed: http/signature_v4.h. Level 8; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "codec/url.h"
#include "http/message.h"
#include "s3gw/answer.h"
#include "s3gw/signing/signed_request.h"

namespace tarn::s3gw {

/// Most names a list of signed headers may have; no request has more headers.
inline constexpr size_t kSignedHeadersMax = 256;

/// What a request claims. Views into its head and query.
struct SignatureV4 {
  std::string_view access_key_id;
  std::string_view scope;  ///< "20260102/us-east-1/s3/aws4_request"
  std::string_view signed_headers;
  std::string_view signature;
  std::optional<int64_t> expires_s;  ///< Of a presigned URL: its life in seconds.
};

/// Reads the claim; nothing if the request makes none, or one that cannot be read.
Expected<std::optional<SignatureV4>> ReadSignatureV4(const http::RequestHead& head,
                                                     const Query& query);

/// Checks the claim: the signature, whether it covers the host and all headers of S3, then the
/// time. What it leaves behind lacks the user.
Expected<SignedRequest> CheckSignatureV4(const SignatureV4& claim, const http::RequestHead& head,
                                         const Query& query, std::string_view secret_access_key,
                                         Timestamp now);

}  // namespace tarn::s3gw
