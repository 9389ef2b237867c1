#include "block/azure/failures.h"

#include <array>

#include "codec/xml_reader.h"

namespace tarn::block::azure {
namespace {

struct Row {
  std::string_view name;
  Code code;
};

constexpr std::array<Row, 20> kNames = {{
    {"BlobNotFound", Code::kDataNotFound},
    {"ContainerNotFound", Code::kIo},
    {"ResourceNotFound", Code::kIo},
    // The service could not fetch, for example from behind a firewall: that can be done otherwise.
    {"CannotVerifyCopySource", Code::kUnsupported},
    {"InvalidBlockList", Code::kNotFound},
    {"BlobAlreadyExists", Code::kPreconditionFailed},
    {"ConditionNotMet", Code::kPreconditionFailed},
    {"SourceConditionNotMet", Code::kPreconditionFailed},
    {"TargetConditionNotMet", Code::kPreconditionFailed},
    {"InvalidRange", Code::kRangeUnsatisfiable},
    {"APINotImplemented", Code::kUnsupported},
    {"NotImplemented", Code::kUnsupported},
    {"InvalidAuthenticationInfo", Code::kIo},
    {"ServerBusy", Code::kSlowDown},
    {"OperationTimedOut", Code::kSlowDown},
    {"InternalError", Code::kSlowDown},
    {"PendingCopyOperation", Code::kSlowDown},
    {"BlobBeingRehydrated", Code::kIo},
    {"BlobArchived", Code::kIo},
    {"AccountBeingCreated", Code::kSlowDown},
}};

/// By the status, where there is no name that we know.
Code CodeOfStatus(int status) {
  constexpr std::array<std::pair<int, Code>, 7> kStatuses = {{
      {404, Code::kDataNotFound},
      {408, Code::kSlowDown},
      {409, Code::kIo},
      {412, Code::kPreconditionFailed},
      {416, Code::kRangeUnsatisfiable},
      {429, Code::kSlowDown},
      {501, Code::kUnsupported},
  }};
  for (const auto& [known, code] : kStatuses) {
    if (known == status) return code;
  }
  return status >= 500 ? Code::kSlowDown : Code::kIo;
}

Code CodeOf(const Failure& failure) {
  for (const Row& row : kNames) {
    if (row.name == failure.code) return row.code;
  }
  const Code code = CodeOfStatus(failure.status);
  // A name that we do not know is a reason of its own, but busy stays busy.
  return failure.code.empty() || code == Code::kSlowDown ? code : Code::kIo;
}

}  // namespace

Failure ReadFailure(int status, std::string_view code, std::string_view body) {
  Failure failure{status, std::string(code), {}};
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  const auto document = XmlDocument::Parse(body);
  if (!document.ok() || document->root().name() != "Error") return failure;
  IgnoreError(document->root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "Code" && failure.code.empty()) failure.code = child.text();
    if (child.name() == "Message") failure.message = child.text();
    return {};
  }),
              "never fails");
  // What follows are the numbers of the request. What was signed is told elsewhere.
  failure.message.resize(std::min(failure.message.find('\n'), failure.message.size()));
  return failure;
}

Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object) {
  const Code code = CodeOf(failure);
  if (code == Code::kDataNotFound) return {code, "not found"};
  std::string text = std::string("Azure ").append(operation).append(" of ").append(object);
  text += ": status " + std::to_string(failure.status);
  if (!failure.code.empty()) text += " " + failure.code;
  if (!failure.message.empty()) text += ": " + failure.message;
  return {code, std::move(text)};
}

}  // namespace tarn::block::azure
