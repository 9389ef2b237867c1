// AWS signature version 4: what is signed, and with which key. The one place for requests that come
// in and requests that go out. Level 2; pure functions, thread-safe.
//
// Source: "Authenticating Requests (AWS Signature Version 4)" of the S3 API reference, with the
// rules of the reference where that leaves room (docs/differences.md).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "codec/digest.h"

namespace tarn::http {

inline constexpr std::string_view kSignatureV4Algorithm = "AWS4-HMAC-SHA256";
/// The payload hash of a request whose body is not signed.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
/// The query parameter that carries a signature, and that is therefore not signed.
inline constexpr std::string_view kSignatureParameter = "X-Amz-Signature";

enum class Slashes : unsigned char { kPlain, kEscaped };

/// Appends text as signatures, and those who sign, write it: all but letters, digits and "-._~" is
/// escaped.
void AppendSignedText(std::string* out, std::string_view text, Slashes slashes);

/// What a signature says about its own making.
struct SigningContext {
  std::string_view date;   ///< "20260102T030405Z"
  std::string_view scope;  ///< "20260102/us-east-1/s3/aws4_request"
};

/// A request as it is signed.
struct RequestToSign {
  std::string_view method;
  std::string_view path;                                       ///< As it is sent, escaped.
  std::span<const std::pair<std::string, std::string>> query;  ///< Decoded, in any order.
  std::span<const std::pair<std::string_view, std::string_view>> headers;  ///< All of them.
  std::string_view signed_headers;                                         ///< Names joined by ';'.
  std::string_view payload_hash;                                           ///< Hex, or a literal.
};

/// The text whose hash is signed. Every value of a repeated query parameter counts, and values of
/// a repeated header are joined by commas. The bytes of the path count, UTF-8 or not, so that no
/// two paths are signed alike. REQUIRES valid escapes in the path.
std::string CanonicalRequest(const RequestToSign& request);

/// The key of a day, region and service, which `scope` names. The last few keys of each thread are
/// remembered, because making one costs more than using it.
Sha256Digest SigningKey(std::string_view secret_access_key, std::string_view scope);

/// Signature of a request, in hex.
std::string SignRequest(const Sha256Digest& key, const SigningContext& context,
                        std::string_view canonical_request);

/// Signature of one chunk of an aws-chunked body, in hex. `previous` is that of the chunk before,
/// or of the request.
std::string SignChunk(const Sha256Digest& key, const SigningContext& context,
                      std::string_view previous, const Sha256Digest& chunk_digest);

/// Signature of the trailer of an aws-chunked body, in hex. `lines` are "name:value\n".
std::string SignTrailer(const Sha256Digest& key, const SigningContext& context,
                        std::string_view previous, std::string_view lines);

}  // namespace tarn::http
