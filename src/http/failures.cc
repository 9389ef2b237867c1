#include "http/failures.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/xml_reader.h"

namespace tarn::http {
namespace {

constexpr int kServerErrorMin = 500;

Code CodeOfStatus(int status, Code conflict) {
  constexpr std::array<std::pair<int, Code>, 6> kStatuses = {{
      {404, Code::kDataNotFound},
      {408, Code::kSlowDown},
      {412, Code::kPreconditionFailed},
      {416, Code::kRangeUnsatisfiable},
      {429, Code::kSlowDown},
      {501, Code::kUnsupported},
  }};
  if (status == 409) return conflict;
  for (const auto& [known, code] : kStatuses) {
    if (known == status) return code;
  }
  return status >= kServerErrorMin ? Code::kSlowDown : Code::kIo;
}

NamedFailure RowOf(const FailureTable& table, const Failure& failure) {
  const auto row =
      std::find_if(table.names.begin(), table.names.end(),
                   [&](const NamedFailure& named) { return named.name == failure.reason; });
  if (row != table.names.end()) return *row;
  const Code code = CodeOfStatus(failure.status, table.conflict);
  // Busy stays busy, whatever it is called.
  const bool is_busy = code == Code::kSlowDown && failure.status != 409;
  const bool is_reason = table.names_are_reasons && !failure.reason.empty() && !is_busy;
  return {failure.reason, is_reason ? Code::kIo : code};
}

}  // namespace

void ReadXmlFailure(std::string_view body, Failure* failure) {
  const auto document = XmlDocument::Parse(body);
  if (!document.ok() || document->root().name() != "Error") return;
  IgnoreError(document->root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "Code" && failure->reason.empty()) failure->reason = child.text();
    if (child.name() == "Message") failure->message = child.text();
    return {};
  }),
              "never fails");
}

Status ToStatus(const FailureTable& table, const Failure& failure, std::string_view operation,
                std::string_view object) {
  const NamedFailure row = RowOf(table, failure);
  if (row.code == Code::kDataNotFound) return {row.code, "not found"};
  std::string text(table.store);
  text.append(" ").append(operation).append(" of ").append(object);
  text += ": status " + std::to_string(failure.status);
  if (!failure.reason.empty()) text += " " + failure.reason;
  if (!failure.message.empty()) text += ": " + failure.message;
  if (!row.advice.empty()) text.append(" (").append(row.advice).append(")");
  return {row.code, std::move(text)};
}

}  // namespace tarn::http
