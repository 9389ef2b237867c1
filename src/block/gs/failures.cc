#include "block/gs/failures.h"

#include <array>

#include "codec/json.h"
#include "codec/xml_reader.h"

namespace tarn::block::gs {
namespace {

struct Reason {
  std::string_view name;
  Code code;
};
/// Where the status alone does not tell. JSON's names, then XML's.
constexpr std::array<Reason, 13> kReasons = {{
    {"rateLimitExceeded", Code::kSlowDown},
    {"userRateLimitExceeded", Code::kSlowDown},
    {"backendError", Code::kSlowDown},
    {"internalError", Code::kSlowDown},
    {"uploadBrokenConnection", Code::kSlowDown},
    {"resourceNotEncryptedWithCustomerEncryptionKey", Code::kInvalidValue},
    {"NoSuchKey", Code::kDataNotFound},
    {"NoSuchBucket", Code::kIo},
    {"SlowDown", Code::kSlowDown},
    {"RequestTimeout", Code::kSlowDown},
    {"InternalError", Code::kSlowDown},
    {"ServiceUnavailable", Code::kSlowDown},
    {"ResourceNotEncryptedWithCustomerEncryptionKey", Code::kInvalidValue},
}};

struct StatusRow {
  int status;
  Code code;
};
constexpr std::array<StatusRow, 7> kStatuses = {{
    {404, Code::kDataNotFound},
    {408, Code::kSlowDown},
    {409, Code::kSlowDown},
    {412, Code::kPreconditionFailed},
    {416, Code::kRangeUnsatisfiable},
    {429, Code::kSlowDown},
    {501, Code::kIo},
}};

/// What JSON says of a bucket has the same reason as what it says of an object.
constexpr std::string_view kNoBucket = "The specified bucket does not exist.";

Code CodeOf(const Failure& failure) {
  for (const Reason& row : kReasons) {
    if (row.name == failure.reason) return row.code;
  }
  if (failure.message == kNoBucket) return Code::kIo;
  for (const StatusRow& row : kStatuses) {
    if (row.status == failure.status) return row.code;
  }
  return failure.status >= 500 ? Code::kSlowDown : Code::kIo;
}

void ReadJsonFailure(std::string_view body, Failure* failure) {
  const auto json = ParseJson(body);
  const Json* const error = json.ok() ? json->Find("error") : nullptr;
  if (error == nullptr) return;
  failure->message = error->StringAt("message").value_or("");
  const Json* const errors = error->Find("errors");
  if (errors == nullptr || !errors->is_array() || errors->items().empty()) return;
  failure->reason = errors->items().front().StringAt("reason").value_or("");
}

void ReadXmlFailure(std::string_view body, Failure* failure) {
  const auto document = XmlDocument::Parse(body);
  if (!document.ok() || document->root().name() != "Error") return;
  IgnoreError(document->root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "Code") failure->reason = child.text();
    if (child.name() == "Message") failure->message = child.text();
    return {};
  }),
              "never fails");
}

}  // namespace

Failure ReadFailure(int status, std::string_view body) {
  Failure failure{status, {}, {}};
  const size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return failure;
  if (body[first] == '{') ReadJsonFailure(body, &failure);
  if (body[first] == '<') ReadXmlFailure(body, &failure);
  return failure;
}

Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object) {
  const Code code = CodeOf(failure);
  if (code == Code::kDataNotFound) return {code, "not found"};
  std::string text = std::string("GCS ").append(operation).append(" of ").append(object);
  text += ": status " + std::to_string(failure.status);
  if (!failure.reason.empty()) text += " " + failure.reason;
  if (!failure.message.empty()) text += ": " + failure.message;
  return {code, std::move(text)};
}

}  // namespace tarn::block::gs
