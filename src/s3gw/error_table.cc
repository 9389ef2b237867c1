#include <algorithm>
#include <array>
#include <iterator>

#include "s3gw/errors.h"

namespace tarn::s3gw {
namespace {

constexpr std::array<ErrorRow, kErrorCount> kRows = {{
    {Error::kAccessDenied, "AccessDenied", 403, "Access Denied."},
    {Error::kHeadersNotSigned, "AccessDenied", 403,
     "There were headers present in the request which were not signed"},
    {Error::kMissingFields, "MissingFields", 400, "Missing fields in request."},
    {Error::kSignatureDoesNotMatch, "SignatureDoesNotMatch", 403,
     "The request signature we calculated does not match the signature you provided. Check your "
     "key and signing method."},
    {Error::kRequestTimeTooSkewed, "RequestTimeTooSkewed", 403,
     "The difference between the request time and the server's time is too large."},
    {Error::kRequestNotReadyYet, "AccessDenied", 403, "Request is not valid yet"},
    {Error::kExpiredPresignRequest, "AccessDenied", 403, "Request has expired"},
    {Error::kMissingDateHeader, "AccessDenied", 400,
     "AWS authentication requires a valid Date or x-amz-date header"},
    {Error::kMalformedDate, "MalformedDate", 400,
     "Invalid date format header, expected to be in ISO8601, RFC1123 or RFC1123Z time format."},
    {Error::kMalformedCredentialDate, "AuthorizationQueryParametersError", 400,
     "Error parsing the X-Amz-Credential parameter; incorrect date format \"%s\". This date in the "
     "credential must be in the format \"yyyyMMdd\"."},
    {Error::kInvalidCredentialDate, "AuthorizationHeaderMalformed", 400,
     "The authorization header is malformed; Invalid credential date. Date is not the same as "
     "X-Amz-Date."},
    {Error::kInvalidQuerySignatureAlgorithm, "AuthorizationQueryParametersError", 400,
     "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"."},
    {Error::kMissingCredentialTag, "InvalidRequest", 400,
     "Missing Credential field for this request."},
    {Error::kCredentialMalformed, "AuthorizationQueryParametersError", 400,
     "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
     "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."},
    {Error::kMalformedExpires, "AuthorizationQueryParametersError", 400,
     "X-Amz-Expires should be a number"},
    {Error::kNegativeExpires, "AuthorizationQueryParametersError", 400,
     "X-Amz-Expires must be non-negative"},
    {Error::kMaximumExpires, "AuthorizationQueryParametersError", 400,
     "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must "
     "be "
     "less than 604800 seconds"},
    {Error::kInvalidExpires, "AccessDenied", 403, "Invalid date (should be seconds since epoch)"},
    {Error::kMissingContentLength, "MissingContentLength", 411,
     "You must provide the Content-Length HTTP header."},
    {Error::kBadDigest, "BadDigest", 400,
     "The Content-MD5 or checksum value you specified did not match what we received."},
    {Error::kInvalidDigest, "InvalidDigest", 400, "The Content-MD5 you specified is not valid."},
    {Error::kContentSha256Mismatch, "XAmzContentSHA256Mismatch", 400,
     "The provided 'x-amz-content-sha256' header does not match what was computed."},
    {Error::kIncompleteBody, "IncompleteBody", 400,
     "You did not provide the number of bytes specified by the Content-Length HTTP header."},
    {Error::kEntityTooLarge, "EntityTooLarge", 400,
     "Your proposed upload exceeds the maximum allowed object size."},
    {Error::kNoSuchBucket, "NoSuchBucket", 404, "The specified bucket does not exist"},
    {Error::kNoSuchBucketPossibleApiEndpoint, "ErrNoSuchBucketPossibleAPIEndpoint", 404,
     "Repository \"api\" not found; this can happen if your endpoint URL mistakenly ends in "
     "\"/api/v1\"."},
    {Error::kNoSuchKey, "NoSuchKey", 404, "The specified key does not exist."},
    {Error::kKeyTooLong, "KeyTooLongError", 400, "Your key is too long"},
    {Error::kNoSuchVersion, "NoSuchVersion", 404,
     "Indicates that the version ID specified in the request does not match an existing version."},
    {Error::kNoSuchUpload, "NoSuchUpload", 404,
     "The specified multipart upload does not exist. The upload ID may be invalid, or the upload "
     "may have been aborted or completed."},
    {Error::kBucketAlreadyExists, "BucketAlreadyExists", 409,
     "The requested bucket name is not available. The bucket namespace is shared by all users of "
     "the system. Please select a different name and try again."},
    {Error::kNotImplemented, "NotImplemented", 501,
     "A header you provided implies functionality that is not implemented"},
    {Error::kPreconditionFailed, "PreconditionFailed", 412,
     "At least one of the pre-conditions you specified did not hold"},
    {Error::kInvalidRange, "InvalidRange", 416, "The requested range is not satisfiable"},
    {Error::kInvalidPart, "InvalidPart", 400,
     "One or more of the specified parts could not be found. The part may not have been uploaded, "
     "or the specified entity tag may not match the part's entity tag."},
    {Error::kInvalidPartOrder, "InvalidPartOrder", 400,
     "The list of parts was not in ascending order. The parts list must be specified in order by "
     "part number."},
    {Error::kMalformedXml, "MalformedXML", 400,
     "The XML you provided was not well-formed or did not validate against our published schema."},
    {Error::kBadRequest, "BadRequest", 400, "400 BadRequest"},
    {Error::kInvalidArgument, "InvalidArgument", 400, "Invalid Argument"},
    {Error::kInvalidMaxUploads, "InvalidArgument", 400,
     "Argument max-uploads must be an integer between 0 and 2147483647"},
    {Error::kInvalidPartNumberMarker, "InvalidArgument", 400,
     "Argument partNumberMarker must be an integer."},
    {Error::kInvalidPartNumber, "InvalidArgument", 400,
     "Part number must be an integer between 1 and 10000, inclusive"},
    {Error::kPartNumberNotSatisfiable, "InvalidPartNumber", 416,
     "The requested partnumber is not satisfiable"},
    {Error::kInvalidHeaderValue, "InvalidArgument", 400, "Invalid header value."},
    {Error::kInvalidCopySource, "InvalidArgument", 400,
     "Copy Source must mention the source bucket and key: sourcebucket/sourcekey."},
    {Error::kInvalidRequest, "InvalidRequest", 400, "Invalid Request"},
    {Error::kMetadataTooLarge, "MetadataTooLarge", 400,
     "Your metadata headers exceed the maximum allowed metadata size"},
    {Error::kAclNotSupported, "AccessControlListNotSupported", 400,
     "The bucket does not allow ACLs"},
    {Error::kInvalidStorageClass, "InvalidStorageClass", 400,
     "The storage class you specified is not valid"},
    {Error::kInvalidUri, "InvalidURI", 400, "Couldn't parse the specified URI."},
    {Error::kInternalError, "InternalError", 500,
     "We encountered an internal error, please try again."},
    {Error::kSlowDown, "SlowDown", 503, "Please reduce your request"},
    {Error::kNotSupported, "ERRLakeFSNotSupported", 405,
     "This operation is not supported in LakeFS"},
    {Error::kWriteToProtectedBranch, "ErrWriteToProtectedBranch", 403,
     "Attempted to write to a protected branch"},
    {Error::kReadOnlyRepository, "ErrReadOnlyRepository", 403,
     "Attempted to write to a read-only repository"},
    {Error::kClientGone, "RequestTimeout", 499, ""},
}};

constexpr bool RowsStandAtTheirErrors() {
  for (int i = 0; i < kErrorCount; ++i)
    if (static_cast<int>(kRows[static_cast<size_t>(i)].error) != i) return false;
  return true;
}
static_assert(RowsStandAtTheirErrors());

struct CodeRow {
  Code code;
  Error error;
};

constexpr std::array<CodeRow, kCodeCount> kCodes = {{
    {Code::kOk, Error::kInternalError},
    {Code::kWouldBlock, Error::kInternalError},  // never leaves the exchange
    {Code::kCancelled, Error::kClientGone},
    {Code::kUnauthenticated, Error::kAccessDenied},
    {Code::kInsufficientPermissions, Error::kAccessDenied},
    {Code::kInvalidValue, Error::kInternalError},
    {Code::kInvalidRequest, Error::kInvalidRequest},
    {Code::kPathRequired, Error::kInternalError},
    {Code::kLinkAddressInvalid, Error::kInternalError},
    {Code::kLinkAddressExpired, Error::kInternalError},
    {Code::kInvalidAddress, Error::kInternalError},
    {Code::kAddressBlocked, Error::kInternalError},
    {Code::kUnsupported, Error::kInternalError},
    {Code::kWriteFailed, Error::kInternalError},
    {Code::kNotFound, Error::kNoSuchKey},
    {Code::kRepositoryNotFound, Error::kNoSuchBucket},
    {Code::kBranchNotFound, Error::kNoSuchBucket},
    {Code::kTagNotFound, Error::kNoSuchKey},
    {Code::kCommitNotFound, Error::kNoSuchKey},
    {Code::kPullRequestNotFound, Error::kInternalError},
    {Code::kUserNotFound, Error::kAccessDenied},
    {Code::kForbidden, Error::kInternalError},
    {Code::kProtectedBranch, Error::kWriteToProtectedBranch},
    {Code::kReadOnlyRepository, Error::kReadOnlyRepository},
    {Code::kDefaultBranch, Error::kInternalError},
    {Code::kDirtyBranch, Error::kInternalError},
    {Code::kNoChanges, Error::kInternalError},
    {Code::kNotUnique, Error::kInternalError},
    {Code::kConflict, Error::kInternalError},
    {Code::kRevertNeedsParent, Error::kInternalError},
    {Code::kParentOutOfRange, Error::kInternalError},
    {Code::kRepositoryInDeletion, Error::kNoSuchBucket},
    {Code::kDataNotFound, Error::kNoSuchVersion},
    {Code::kAlreadyExists, Error::kInternalError},
    {Code::kTooManyTries, Error::kSlowDown},
    {Code::kSlowDown, Error::kSlowDown},
    {Code::kPreconditionFailed, Error::kPreconditionFailed},
    {Code::kPredicateFailed, Error::kInternalError},
    {Code::kNotImplemented, Error::kNotImplemented},
    {Code::kHookFailed, Error::kInternalError},
    {Code::kRangeUnsatisfiable, Error::kInvalidRange},
    {Code::kTooLarge, Error::kEntityTooLarge},
    {Code::kCorrupt, Error::kInternalError},
    {Code::kNoSpace, Error::kInternalError},
    {Code::kIo, Error::kInternalError},
    {Code::kInternal, Error::kInternalError},
}};

constexpr bool CodesStandAtTheirPlaces() {
  for (int i = 0; i < kCodeCount; ++i)
    if (static_cast<int>(kCodes[static_cast<size_t>(i)].code) != i) return false;
  return true;
}
static_assert(CodesStandAtTheirPlaces());

}  // namespace

const ErrorRow& RowOf(Error error) { return kRows[static_cast<size_t>(error)]; }

bool IsMissing(Code code) {
  constexpr Code kMissing[] = {Code::kNotFound, Code::kRepositoryNotFound, Code::kBranchNotFound,
                               Code::kTagNotFound, Code::kCommitNotFound};
  return std::find(std::begin(kMissing), std::end(kMissing), code) != std::end(kMissing);
}

bool IsServerFailure(Code code) {
  constexpr Code kFailures[] = {Code::kWouldBlock,   Code::kCancelled,   Code::kSlowDown,
                                Code::kTooManyTries, Code::kWriteFailed, Code::kNoSpace,
                                Code::kCorrupt,      Code::kIo,          Code::kInternal};
  return std::find(std::begin(kFailures), std::end(kFailures), code) != std::end(kFailures);
}

Error ErrorOf(Code code) { return kCodes[static_cast<size_t>(code)].error; }

}  // namespace tarn::s3gw
