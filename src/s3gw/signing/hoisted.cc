#include "s3gw/signing/hoisted.h"

#include "s3gw/operations/elements.h"

namespace tarn::s3gw {

bool IsHoistedHeader(std::string_view parameter) {
  return IsAmzHeader(parameter) && FindParameterElement(parameter) == nullptr;
}

std::unique_ptr<const http::RequestHead> HeadWithHoisted(const http::RequestHead& head,
                                                         const Query& query) {
  std::unique_ptr<http::RequestHead> with;
  for (const auto& [name, value] : query.pairs()) {
    if (!IsHoistedHeader(name) || head.Find(name)) continue;
    if (!with) with = std::make_unique<http::RequestHead>(head);
    with->headers.emplace_back(name, value);
  }
  return with;
}

}  // namespace tarn::s3gw
