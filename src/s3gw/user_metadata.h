// User metadata of objects in headers: x-amz-meta-<name> in, X-Amz-Meta-<Name> out, text of any
// language as encoded words (codec/mime_word.h). Stored under "X-Amz-Meta-" and the name in lower
// case, as the REST API shows it. What was written through the REST API has no prefix, and gets
// one here (docs/formats/object-metadata.md). Level 8; pure functions.
#pragma once

#include "codec/entry.h"
#include "http/message.h"
#include "s3gw/answer.h"

namespace tarn::s3gw {

/// Most bytes of names (without prefix) and decoded values.
inline constexpr size_t kUserMetadataBytesMax = 2048;
/// The same of what is shown, encoded: the REST API takes more than clients of S3 can read.
inline constexpr size_t kShownMetadataBytesMax = 16 << 10;

/// The metadata that a request brings; names that no header may have are passed over.
/// kInvalidHeaderValue for a value that cannot be decoded to UTF-8; kMetadataTooLarge.
Expected<Metadata> ReadUserMetadata(const http::RequestHead& head);

/// Adds the headers that show the metadata of an object, and how many pairs none can show: for
/// their names, for want of room, or because another pair has the name already.
void AddUserMetadata(const Metadata& metadata, http::Response* response);

}  // namespace tarn::s3gw
