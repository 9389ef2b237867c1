#include "kv/dynamodb/failures.h"

#include <algorithm>
#include <array>
#include <string>

#include "codec/json.h"

namespace tarn::kv::dynamodb {
namespace {

constexpr int kServerErrorMin = 500;
constexpr std::string_view kExpiredToken = "ExpiredTokenException";

constexpr std::string_view kCheckKeys =
    "check database.dynamodb.aws_access_key_id and aws_secret_access_key, or the credentials of "
    "the "
    "environment, and database.dynamodb.aws_region";
constexpr std::string_view kCheckRights =
    "the credentials need the rights DescribeTable, CreateTable, GetItem, PutItem, DeleteItem, "
    "BatchWriteItem, Query and Scan on the table";

constexpr std::array<http::NamedFailure, 16> kNames = {{
    {"ConditionalCheckFailedException", Code::kPredicateFailed},
    {"ProvisionedThroughputExceededException", Code::kSlowDown},
    {"ThrottlingException", Code::kSlowDown},
    {"RequestLimitExceeded", Code::kSlowDown},
    {"LimitExceededException", Code::kSlowDown},
    {"TransactionConflictException", Code::kSlowDown},
    {"TransactionInProgressException", Code::kSlowDown},
    {kExpiredToken, Code::kSlowDown},
    {"ResourceNotFoundException", Code::kNotFound},
    {"ResourceInUseException", Code::kAlreadyExists},
    {"AccessDeniedException", Code::kIo, kCheckRights},
    {"UnrecognizedClientException", Code::kIo, kCheckKeys},
    {"InvalidSignatureException", Code::kIo, kCheckKeys},
    {"IncompleteSignatureException", Code::kIo, kCheckKeys},
    {"MissingAuthenticationTokenException", Code::kIo, kCheckKeys},
    {"RequestExpired", Code::kIo, "set the clock of this machine"},
}};

constexpr http::FailureTable kTable = {.store = "DynamoDB", .names = kNames};

}  // namespace

http::Failure ReadFailure(int status, std::string_view body) {
  http::Failure failure{status, {}, {}};
  const auto document = ParseJson(body);
  if (!document.ok() || !document->is_object()) return failure;
  // "com.amazonaws.dynamodb.v20120810#ThrottlingException", or without what is before the mark.
  const std::string_view type = document->StringAt("__type").value_or("");
  failure.reason = type.substr(type.find('#') + 1);
  for (const std::string_view name : {"message", "Message"}) {
    if (const auto text = document->StringAt(name)) failure.message = *text;
  }
  return failure;
}

bool IsOfExpiredKeys(const http::Failure& failure) { return failure.reason == kExpiredToken; }

bool IsRefusal(const http::Failure& failure) { return failure.status < kServerErrorMin; }

Status ToStatus(const http::Failure& failure, std::string_view operation, std::string_view table) {
  Status status = http::ToStatus(kTable, failure, operation, table);
  if (IsRefusal(failure)) return status;
  return Status(Code::kIo, std::string(status.message())).WithRetry(Retry::kLater);
}

}  // namespace tarn::kv::dynamodb
