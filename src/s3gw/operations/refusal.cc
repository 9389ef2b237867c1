#include "s3gw/operations/refusal.h"

#include <string>

#include "s3gw/operations/elements.h"

namespace tarn::s3gw {
namespace {

Failure RefusalOf(const Element& element, std::string_view kind, std::string_view name) {
  Failure failure(element.error, std::string(element.message));
  failure.detail_name = kind;
  failure.detail = name;
  return failure;
}

constexpr Element kRepeated{.name = "",
                            .harmless = {},
                            .error = Error::kInvalidArgument,
                            .message = "A parameter must not be there more than once."};
constexpr Element kUnknownAmzHeader{.name = "x-amz-*", .harmless = {}};

}  // namespace

std::optional<Failure> FindRefusal(const Operation& operation, const http::RequestHead& head,
                                   const Query& query, bool pass_sub_resources) {
  if (operation.refuses_all) return std::nullopt;
  for (const auto& [name, value] : head.headers) {
    if (!MayBeRefused(name)) continue;
    const Element* element = FindHeaderElement(name);
    if (element == nullptr && IsAmzHeader(name)) element = &kUnknownAmzHeader;
    if (element == nullptr || IsHarmless(*element, value) || Honours(operation, element->name))
      continue;
    return RefusalOf(*element, "Header", name);
  }
  for (const auto& [name, value] : query.pairs()) {
    const Element* element = FindParameterElement(name);
    // The signature does not say which of several values counts.
    if ((element != nullptr || IsAmzHeader(name)) && query.Count(name) > 1)
      return RefusalOf(kRepeated, "ArgumentName", name);
    if (element == nullptr || IsHarmless(*element, value) || Honours(operation, name)) continue;
    if (pass_sub_resources) continue;
    return RefusalOf(*element, "ArgumentName", name);
  }
  return std::nullopt;
}

}  // namespace tarn::s3gw
