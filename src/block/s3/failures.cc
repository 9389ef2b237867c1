#include "block/s3/failures.h"

#include <algorithm>
#include <array>

#include "codec/xml_reader.h"

namespace tarn::block::s3 {
namespace {

constexpr std::string_view kExpiredToken = "ExpiredToken";

struct Row {
  std::string_view name;
  Code code;
};

constexpr std::array<Row, 22> kNames = {{
    {"NoSuchKey", Code::kDataNotFound},
    {"NotFound", Code::kDataNotFound},
    {"NoSuchBucket", Code::kIo},
    {kNoSuchUpload, Code::kNotFound},
    {"PreconditionFailed", Code::kPreconditionFailed},
    {"InvalidRange", Code::kRangeUnsatisfiable},
    {"NotImplemented", Code::kUnsupported},
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
    {"RequestTimeTooSkewed", Code::kIo},
}};

/// By the status, where there is no name that we know: answers to HEAD have no body.
Row RowOfStatus(int status) {
  switch (status) {
    case 404:
      return {"NotFound", Code::kDataNotFound};
    case 409:
      return {"Conflict", Code::kSlowDown};
    case 412:
      return {"PreconditionFailed", Code::kPreconditionFailed};
    case 416:
      return {"InvalidRange", Code::kRangeUnsatisfiable};
    case 429:
      return {"TooManyRequests", Code::kSlowDown};
    case 501:
      return {"NotImplemented", Code::kUnsupported};
    default:
      break;
  }
  const bool passes = status == 408 || status >= 500;
  return {"", passes ? Code::kSlowDown : Code::kIo};
}

Row RowOf(const Failure& failure) {
  for (const Row& row : kNames) {
    if (row.name == failure.code) return row;
  }
  // A name that we do not know is a reason of its own, but busy stays busy.
  const Row row = RowOfStatus(failure.status);
  const bool named = !failure.code.empty() && failure.status < 500 && failure.status != 429;
  return named ? Row{failure.code, Code::kIo} : row;
}

}  // namespace

bool IsOfExpiredKeys(const Failure& failure) {
  constexpr std::array<std::string_view, 3> kExpired = {kExpiredToken, "ExpiredTokenException",
                                                        "TokenRefreshRequired"};
  return std::find(kExpired.begin(), kExpired.end(), failure.code) != kExpired.end();
}

Failure ReadFailure(int status, std::string_view body) {
  Failure failure{status, {}, {}};
  const auto document = XmlDocument::Parse(body);
  if (!document.ok() || document->root().name() != "Error") return failure;
  IgnoreError(document->root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "Code") failure.code = child.text();
    if (child.name() == "Message") failure.message = child.text();
    return {};
  }),
              "never fails");
  return failure;
}

Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object) {
  const Row row = RowOf(failure);
  std::string text;
  if (row.code == Code::kDataNotFound) {
    text = "not found";
  } else {
    text = std::string("S3 ").append(operation).append(" of ").append(object);
    text += ": status " + std::to_string(failure.status);
    if (!failure.code.empty()) text += " " + failure.code;
    if (!failure.message.empty()) text += ": " + failure.message;
  }
  return {row.code, std::move(text)};
}

}  // namespace tarn::block::s3
