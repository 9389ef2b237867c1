// Errors as S3 clients see them, and the table that gives each its code, status and message.
// Source: the reference's S3 gateway; docs/differences.md names what is ours. Level 8; constant
// data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tarn::s3gw {

enum class Error : uint8_t {
  kAccessDenied,
  kHeadersNotSigned,
  kMissingFields,
  kSignatureDoesNotMatch,
  kRequestTimeTooSkewed,
  kRequestNotReadyYet,
  kExpiredPresignRequest,
  kMissingDateHeader,
  kMalformedDate,
  kMalformedCredentialDate,
  kInvalidCredentialDate,
  kInvalidQuerySignatureAlgorithm,
  kMissingCredentialTag,
  kCredentialMalformed,
  kMalformedExpires,
  kNegativeExpires,
  kMaximumExpires,
  kInvalidExpires,
  kMissingContentLength,
  kBadDigest,              ///< A checksum that the client sent does not fit the body.
  kInvalidDigest,          ///< Content-MD5 is no MD5.
  kContentSha256Mismatch,  ///< x-amz-content-sha256 does not fit the body.
  kIncompleteBody,         ///< The body is not what its framing or length announced.
  kEntityTooLarge,
  kNoSuchBucket,
  kNoSuchBucketPossibleApiEndpoint,
  kNoSuchKey,
  kKeyTooLong,
  kNoSuchVersion,
  kNoSuchUpload,
  kBucketAlreadyExists,
  kNotImplemented,
  kPreconditionFailed,
  kInvalidRange,
  kInvalidPart,
  kInvalidPartOrder,
  kMalformedXml,
  kBadRequest,
  kInvalidArgument,
  kInvalidMaxUploads,
  kInvalidPartNumberMarker,
  kInvalidPartNumber,
  kPartNumberNotSatisfiable,
  kInvalidHeaderValue,
  kInvalidCopySource,
  kInvalidRequest,
  kMetadataTooLarge,
  kAclNotSupported,
  kInvalidStorageClass,
  kInvalidUri,
  kInternalError,
  kSlowDown,
  kNotSupported,
  kWriteToProtectedBranch,
  kReadOnlyRepository,
  kClientGone,  ///< Status 499, no body.
};
inline constexpr int kErrorCount = static_cast<int>(Error::kClientGone) + 1;

struct ErrorRow {
  Error error;
  std::string_view code;  ///< <Code>
  int status;
  std::string_view message;
};

const ErrorRow& RowOf(Error error);

/// The error that a failure of the core is, wherever an operation says nothing else.
Error ErrorOf(Code code);

/// Something that the request names does not exist: a repository, a ref, a path.
bool IsMissing(Code code);
/// The server's own trouble, whatever the request was.
bool IsServerFailure(Code code);

/// Why a request failed.
struct Failure {
  Error error = Error::kInternalError;
  std::string message;           ///< Empty: that of the table.
  std::string_view detail_name;  ///< An element of the document that says more; empty: none.
  std::string detail;            ///< What it says.
  /// A header that goes with it, by name and value; empty: none.
  std::pair<std::string_view, std::string> header = {};
  Failure(Error e) : error(e) {}  // NOLINT(google-explicit-constructor)
  Failure(Error e, std::string text) : error(e), message(std::move(text)) {}
};

}  // namespace tarn::s3gw
