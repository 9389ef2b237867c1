#include "s3gw/object_headers.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.h"
#include "catalog/content_headers.h"
#include "codec/utf8.h"
#include "s3gw/user_metadata.h"

namespace tarn::s3gw {
namespace {

struct Override {
  std::string_view parameter, header;
};
constexpr Override kOverrides[] = {
    {"response-cache-control", "Cache-Control"},
    {"response-content-disposition", "Content-Disposition"},
    {"response-content-encoding", "Content-Encoding"},
    {"response-content-language", "Content-Language"},
    {"response-content-type", "Content-Type"},
    {"response-expires", "Expires"},
};

/// How a body is framed is nothing that the object has.
constexpr std::string_view kChunkedEncoding = "aws-chunked";

/// Line breaks would end the header, and other control characters have no place in one.
bool IsHeaderText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7F';
  });
}

/// The codings that the object itself has.
std::string WithoutChunks(std::string_view codings) {
  std::string kept;
  while (true) {
    const size_t comma = codings.find(',');
    const std::string_view coding = Trim(codings.substr(0, comma), " \t");
    if (!coding.empty() && !http::EqualsIgnoreCase(coding, kChunkedEncoding))
      kept.append(kept.empty() ? "" : ",").append(coding);
    if (comma == std::string_view::npos) return kept;
    codings.remove_prefix(comma + 1);
  }
}

/// The value of a content header of `entry`: overridden, stored, or empty.
std::string_view ValueOf(const Entry& entry, const Metadata& overrides,
                         const catalog::ContentHeader& header) {
  if (const auto found = overrides.find(std::string(header.name)); found != overrides.end())
    return found->second;
  const auto stored = entry.metadata.find(std::string(header.key));
  // Whoever wrote it through the REST API could write anything.
  if (stored == entry.metadata.end() || !IsHeaderText(stored->second)) return {};
  return stored->second;
}

}  // namespace

Expected<ObjectHeaders> ReadObjectHeaders(const http::RequestHead& head) {
  auto metadata = ReadUserMetadata(head);
  if (!metadata.ok()) return metadata.failure();
  ObjectHeaders headers{std::string(head.Get("Content-Type")), std::move(*metadata)};
  if (!IsValidUtf8(headers.content_type)) return Error::kInvalidHeaderValue;
  size_t bytes = 0;
  for (const catalog::ContentHeader& header : catalog::kContentHeaders) {
    std::string value(head.Get(header.name));
    if (header.name == "Content-Encoding") value = WithoutChunks(value);
    if (value.empty()) continue;
    if (!IsValidUtf8(value) || !IsHeaderText(value)) return Error::kInvalidHeaderValue;
    bytes += header.name.size() + value.size();
    if (bytes > kContentHeaderBytesMax) return Error::kMetadataTooLarge;
    headers.metadata.emplace(header.key, std::move(value));
  }
  return headers;
}

Expected<Metadata> ReadOverrides(const Query& query) {
  Metadata overrides;
  if (query.pairs().empty()) return overrides;
  for (const auto& [parameter, header] : kOverrides) {
    const std::string_view value = query.Get(parameter);
    if (!IsHeaderText(value))
      return Failure(Error::kInvalidArgument, std::string(parameter) + " is no value of a header");
    if (!value.empty()) overrides.emplace(header, value);
  }
  return overrides;
}

void AddObjectHeaders(const Entry& entry, const Metadata& overrides, http::Response* response) {
  const auto type = overrides.find("Content-Type");
  response->Add("Content-Type", type != overrides.end() ? std::string_view(type->second)
                                : entry.content_type.empty()
                                    ? kDefaultContentType
                                    : std::string_view(entry.content_type));
  if (entry.metadata.empty() && overrides.empty()) return;
  for (const catalog::ContentHeader& header : catalog::kContentHeaders)
    if (const auto value = ValueOf(entry, overrides, header); !value.empty())
      response->Add(header.name, value);
  AddUserMetadata(entry.metadata, response);
}

void AddCacheHeaders(const Entry& entry, http::Response* response) {
  if (entry.metadata.empty()) return;
  for (const catalog::ContentHeader& header : catalog::kContentHeaders)
    if (const auto value = ValueOf(entry, {}, header); header.of_cache && !value.empty())
      response->Add(header.name, value);
}

}  // namespace tarn::s3gw
