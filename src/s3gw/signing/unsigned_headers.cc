#include "s3gw/signing/unsigned_headers.h"

#include <string>

#include "s3gw/operations/elements.h"

namespace tarn::s3gw {
namespace {

bool Lists(std::string_view names, std::string_view wanted) {
  while (true) {
    const size_t end = names.find(';');
    if (http::EqualsIgnoreCase(names.substr(0, end), wanted)) return true;
    if (end == std::string_view::npos) return false;
    names.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<Failure> CheckAllSigned(const http::RequestHead& head,
                                      std::string_view signed_names) {
  std::string missing;
  const auto check = [&](std::string_view name) {
    if (Lists(signed_names, name)) return;
    if (!missing.empty()) missing.append(", ");
    missing.append(name);
  };
  check("host");
  for (const auto& [name, value] : head.headers)
    if (IsAmzHeader(name)) check(name);
  if (missing.empty()) return std::nullopt;
  Failure failure(Error::kHeadersNotSigned);
  failure.detail_name = "HeadersNotSigned";
  failure.detail = std::move(missing);
  return failure;
}

}  // namespace tarn::s3gw
