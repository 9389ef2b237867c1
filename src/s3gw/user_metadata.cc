#include "s3gw/user_metadata.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "catalog/content_headers.h"
#include "codec/mime_word.h"
#include "codec/utf8.h"

namespace tarn::s3gw {
namespace {

constexpr std::string_view kPrefix = "X-Amz-Meta-";

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
char ToUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

bool IsNameByte(char c) {
  const char lower = ToLower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.#!$%&'*+^`|~").find(c) != std::string_view::npos;
}

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsNameByte);
}

/// The usual case of header names: a capital at the start of each word.
std::string HeaderName(std::string_view key) {
  std::string name(key);
  for (size_t i = 0; i < name.size(); ++i)
    name[i] = i == 0 || name[i - 1] == '-' ? ToUpper(name[i]) : ToLower(name[i]);
  return name;
}

}  // namespace

Expected<Metadata> ReadUserMetadata(const http::RequestHead& head) {
  Metadata metadata;
  size_t bytes = 0;
  for (const auto& [header, value] : head.headers) {
    if (!http::EqualsIgnoreCase(header.substr(0, kPrefix.size()), kPrefix)) continue;
    const std::string_view name = header.substr(kPrefix.size());
    if (!IsName(name)) continue;
    std::string key(kPrefix);
    std::transform(name.begin(), name.end(), std::back_inserter(key), ToLower);
    auto decoded = DecodeMimeWords(value);
    if (!decoded.ok() || !IsValidUtf8(*decoded)) return Error::kInvalidHeaderValue;
    const auto [added, is_first] = metadata.emplace(std::move(key), *std::move(decoded));
    if (!is_first) continue;
    bytes += name.size() + added->second.size();
    if (bytes > kUserMetadataBytesMax) return Error::kMetadataTooLarge;
  }
  return metadata;
}

void AddUserMetadata(const Metadata& metadata, http::Response* response) {
  std::map<std::string, std::string_view> shown;
  int missing = 0;
  // Where both protocols have written one name, ours comes first.
  for (const bool of_s3 : {true, false}) {
    for (const auto& [key, value] : metadata) {
      std::string_view name = key;
      const bool prefixed = http::EqualsIgnoreCase(name.substr(0, kPrefix.size()), kPrefix);
      if (prefixed != of_s3 || name.starts_with(catalog::kInternalKeyPrefix)) continue;
      if (prefixed) name.remove_prefix(kPrefix.size());
      if (!IsName(name) || !shown.emplace(HeaderName(name), value).second) ++missing;
    }
  }
  size_t bytes = 0;
  for (const auto& [name, value] : shown) {
    const std::string encoded = EncodeMimeWords(value);
    const size_t more = name.size() + encoded.size();
    if (bytes + more > kShownMetadataBytesMax) {
      ++missing;
      continue;
    }
    bytes += more;
    response->Add(std::string(kPrefix).append(name), encoded);
  }
  if (missing > 0) response->Add("X-Amz-Missing-Meta", std::to_string(missing));
}

}  // namespace tarn::s3gw
