// The x-amz-copy-source headers: what is copied, which bytes of it, and on which conditions. Level
// 8; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/entry.h"
#include "http/message.h"
#include "s3gw/answer.h"
#include "serving/range_header.h"

namespace tarn::s3gw {

/// The object that a copy reads; the ref may be any ref expression.
struct CopySource {
  std::string repository, ref, path;
};

/// Reads "[/]repository/ref/path[?versionId=id]", escaped as in a query where that is valid, else
/// as it stands. kInvalidCopySource, kKeyTooLong; errors of CheckVersionId.
Expected<CopySource> ReadCopySource(std::string_view header);

/// What the conditions of a copy say to an object, in the order of those of reads; nothing if it
/// may be copied. kPreconditionFailed; kInvalidArgument for what is no date.
std::optional<Failure> CheckCopyConditions(const http::RequestHead& head, const Entry& source);

/// The bytes to copy of an object of `size` bytes; all of them without the header.
/// kInvalidArgument for what is no range, and for one that the object does not fill.
Expected<serving::ByteRange> ReadCopyRange(const http::RequestHead& head, int64_t size);

}  // namespace tarn::s3gw
