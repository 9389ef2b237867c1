#include "block/s3/failures.h"

#include <algorithm>
#include <array>

namespace tarn::block::s3 {
namespace {

constexpr std::string_view kExpiredToken = "ExpiredToken";

constexpr std::string_view kCheckKeys =
    "check the credentials: blockstore.s3.credentials, or those "
    "of the environment";
constexpr std::string_view kOtherRegion =
    "the bucket lies in another region: name that in blockstore.s3.region, or set "
    "blockstore.s3.discover_bucket_region";

constexpr std::array<http::NamedFailure, 28> kNames = {{
    {"NoSuchKey", Code::kDataNotFound},
    {"NotFound", Code::kDataNotFound},
    {"NoSuchBucket", Code::kIo},
    {kNoSuchUpload, Code::kNotFound},
    {"PreconditionFailed", Code::kPreconditionFailed},
    {"InvalidRange", Code::kRangeUnsatisfiable},
    {"NotImplemented", Code::kUnsupported},
    {"AccessDenied", Code::kIo,
     "the credentials are not allowed to do that; where the bucket is another account's, its "
     "policy "
     "has to allow it too"},
    {"InvalidAccessKeyId", Code::kIo, kCheckKeys},
    {"SignatureDoesNotMatch", Code::kIo, kCheckKeys},
    {"PermanentRedirect", Code::kIo, kOtherRegion},
    {"AuthorizationHeaderMalformed", Code::kIo, kOtherRegion},
    {"IllegalLocationConstraintException", Code::kIo, kOtherRegion},
    {kExpiredToken, Code::kSlowDown},
    {"ExpiredTokenException", Code::kSlowDown},
    {"TokenRefreshRequired", Code::kSlowDown},
    {"ConditionalRequestConflict", Code::kSlowDown},
    {"OperationAborted", Code::kSlowDown},
    {"InternalError", Code::kSlowDown},
    {"ServiceUnavailable", Code::kSlowDown},
    {"SlowDown", Code::kSlowDown},
    {"BandwidthLimitExceeded", Code::kSlowDown},
    {"RequestLimitExceeded", Code::kSlowDown},
    {"Throttling", Code::kSlowDown},
    {"ThrottlingException", Code::kSlowDown},
    {"TooManyRequests", Code::kSlowDown},
    {"RequestTimeout", Code::kSlowDown},
    {"RequestTimeTooSkewed", Code::kIo, "set the clock of this machine"},
}};

constexpr http::FailureTable kTable = {.store = "S3", .names = kNames, .conflict = Code::kSlowDown};

/// Of statuses that answers to HEAD have, which have no body.
std::string_view NameOfStatus(int status) {
  if (status == 301) return "PermanentRedirect";
  return status == 403 ? "AccessDenied" : "";
}

}  // namespace

bool IsOfExpiredKeys(const Failure& failure) {
  constexpr std::array<std::string_view, 3> kExpired = {kExpiredToken, "ExpiredTokenException",
                                                        "TokenRefreshRequired"};
  return std::find(kExpired.begin(), kExpired.end(), failure.reason) != kExpired.end();
}

Failure ReadFailure(int status, std::string_view body) {
  Failure failure{status, {}, {}};
  http::ReadXmlFailure(body, &failure);
  if (body.empty()) failure.reason = NameOfStatus(status);
  return failure;
}

Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object) {
  return http::ToStatus(kTable, failure, operation, object);
}

}  // namespace tarn::block::s3
