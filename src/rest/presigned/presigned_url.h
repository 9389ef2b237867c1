// Signed, expiring URLs of single objects that the server answers itself: what they say, and how
// they are written.
//
//   /_presigned/<token>[/<file name>]      token = base64url(HMAC-SHA-256 | fields)
//
// The fields are a protobuf message; the MAC covers them and the file name. Whoever has the URL may
// do what it says until it expires, and nothing else. Level 8; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/entry.h"

namespace tarn::rest {

inline constexpr std::string_view kPresignedPrefix = "/_presigned/";

/// What a URL allows.
struct PresignedRequest {
  enum class Verb : uint8_t { kRead, kWrite };
  Verb verb = Verb::kRead;
  std::string storage_namespace, address;  ///< As in block::ObjectPointer.
  AddressType type = AddressType::kRelative;
  int64_t expires_seconds = 0;
  std::string file_name;                 ///< Offered to who downloads; empty: none.
  std::string content_type, entity_tag;  ///< Of the answer to a read.
  /// Write: of a part of an upload, by the partition of the repository's records, the upload's id
  /// and the part's number. Such a request names no address; an empty id: no part.
  std::string upload_partition, upload_id;
  int64_t part_number = 0;
};

/// The path of the URL.
std::string PresignedPath(std::string_view key, const PresignedRequest& request);
/// Reads a path that starts with kPresignedPrefix. kForbidden for anything but an unaltered one;
/// whether it has expired is not looked at.
Result<PresignedRequest> ParsePresignedPath(std::string_view key, std::string_view path);

}  // namespace tarn::rest
