// What an object says in headers: content type, content headers, user metadata; in with a write,
// out with a read. Level 8; pure functions.
#pragma once

#include <string>

#include "codec/entry.h"
#include "codec/url.h"
#include "http/message.h"
#include "s3gw/answer.h"

namespace tarn::s3gw {

/// Most bytes of all content headers of an object, with their names.
inline constexpr size_t kContentHeaderBytesMax = 2048;

struct ObjectHeaders {
  std::string content_type;  ///< Empty: none was named.
  Metadata metadata;         ///< Of the user, and content headers (catalog/content_headers.h).
};

/// The headers that a write brings. kInvalidHeaderValue for what is not UTF-8 or cannot be decoded;
/// kMetadataTooLarge.
Expected<ObjectHeaders> ReadObjectHeaders(const http::RequestHead& head);

/// What a read wants said instead: "response-content-type" and the like. kInvalidArgument for a
/// value that no header can hold.
Expected<Metadata> ReadOverrides(const Query& query);

/// Adds the headers of an object to the answer that sends it. `overrides` are by name of header.
void AddObjectHeaders(const Entry& entry, const Metadata& overrides, http::Response* response);

/// Adds those that also go with 304.
void AddCacheHeaders(const Entry& entry, http::Response* response);

}  // namespace tarn::s3gw
