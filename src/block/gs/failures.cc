#include "block/gs/failures.h"

#include <array>
#include <string>

#include "codec/json.h"

namespace tarn::block::gs {
namespace {

constexpr std::string_view kNoSuchBucket = "NoSuchBucket";
constexpr std::string_view kNoBucket = "The specified bucket does not exist.";
constexpr std::string_view kNotAllowed =
    "the account is not allowed to do that: give it a role on the bucket";

/// Where the status alone does not tell. JSON's names, then XML's.
constexpr std::array<http::NamedFailure, 17> kNames = {{
    {"rateLimitExceeded", Code::kSlowDown},
    {"userRateLimitExceeded", Code::kSlowDown},
    {"backendError", Code::kSlowDown},
    {"internalError", Code::kSlowDown},
    {"uploadBrokenConnection", Code::kSlowDown},
    {"resourceNotEncryptedWithCustomerEncryptionKey", Code::kInvalidValue},
    {"forbidden", Code::kIo, kNotAllowed},
    {"authError", Code::kIo, "check the credentials"},
    {"NoSuchKey", Code::kDataNotFound},
    {kNoSuchBucket, Code::kIo},
    {"SlowDown", Code::kSlowDown},
    {"RequestTimeout", Code::kSlowDown},
    {"InternalError", Code::kSlowDown},
    {"ServiceUnavailable", Code::kSlowDown},
    {"ResourceNotEncryptedWithCustomerEncryptionKey", Code::kInvalidValue},
    {"AccessDenied", Code::kIo, kNotAllowed},
    {"AuthenticationRequired", Code::kIo, "check the credentials"},
}};

constexpr http::FailureTable kTable = {
    .store = "GCS", .names = kNames, .conflict = Code::kSlowDown, .names_are_reasons = false};

void ReadJsonFailure(std::string_view body, Failure* failure) {
  const auto json = ParseJson(body);
  const Json* const error = json.ok() ? json->Find("error") : nullptr;
  if (error == nullptr) return;
  failure->message = error->StringAt("message").value_or("");
  const Json* const errors = error->Find("errors");
  if (errors == nullptr || !errors->is_array() || errors->items().empty()) return;
  failure->reason = errors->items().front().StringAt("reason").value_or("");
}

}  // namespace

Failure ReadFailure(int status, std::string_view body) {
  Failure failure{status, {}, {}};
  const size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return failure;
  if (body[first] == '{') ReadJsonFailure(body, &failure);
  if (body[first] == '<') http::ReadXmlFailure(body, &failure);
  return failure;
}

Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object) {
  // What JSON says of a bucket has the same reason as what it says of an object.
  if (failure.message == kNoBucket && failure.reason != kNoSuchBucket) {
    return http::ToStatus(kTable, {failure.status, std::string(kNoSuchBucket), failure.message},
                          operation, object);
  }
  return http::ToStatus(kTable, failure, operation, object);
}

}  // namespace tarn::block::gs
