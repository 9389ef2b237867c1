// Signatures of version 2: in the Authorization header, in presigned URLs ("Expires"), or in the
// query form of the first AWS clients for Java. Level 8; pure functions.
//
// Source: "Signing and authenticating REST requests" of the S3 developer guide. All headers of S3
// are signed; the form of Java signs none, so requests in it must have none.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "codec/url.h"
#include "http/message.h"
#include "s3gw/answer.h"

namespace tarn::s3gw {

/// What a request claims.
struct SignatureV2 {
  std::string_view access_key_id;  ///< Points into the head or the query.
  std::string signature;           ///< Decoded.
};

/// Reads a claim in the header; nothing if there is none that can be read.
std::optional<SignatureV2> ReadSignatureV2(const http::RequestHead& head);
/// Read a claim in the query; nothing if there is none that can be read.
std::optional<SignatureV2> ReadPresignedSignatureV2(const Query& query);
std::optional<SignatureV2> ReadJavaSignatureV2(const Query& query);

/// Check the time, then the signature. Nothing if all is well. `domains` are those of the gateway:
/// the labels before them are signed as a part of the path.
std::optional<Error> CheckSignatureV2(const SignatureV2& claim, const http::RequestHead& head,
                                      const Query& query, std::string_view secret_access_key,
                                      Timestamp now, std::span<const std::string> domains);
std::optional<Error> CheckPresignedSignatureV2(const SignatureV2& claim,
                                               const http::RequestHead& head, const Query& query,
                                               std::string_view secret_access_key, Timestamp now,
                                               std::span<const std::string> domains);
std::optional<Failure> CheckJavaSignatureV2(const SignatureV2& claim, const http::RequestHead& head,
                                            const Query& query, std::string_view secret_access_key,
                                            Timestamp now, std::span<const std::string> domains);

}  // namespace tarn::s3gw
