// Keys and records of uploads in parts (docs/formats/kv.md). Level 7; pure functions.
//
// All keys but the reference's are in the partition of the repository. Decoders answer kCorrupt for
// bytes that are no such record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/multipart.h"

namespace tarn::catalog {

struct UploadRecord {
  MultipartUpload upload;
  bool ended = false;      ///< Only its parts are still to be removed.
  std::string claim = {};  ///< Of who is making its object visible; empty: nobody.
};

/// An upload's record as it was found, for a later compare-and-set.
struct StoredUpload {
  std::string bytes;
  UploadRecord record;
};

/// One attempt to upload a part. It is written before its object, so that none is ever forgotten.
struct PartRecord {
  std::string address;  ///< Relative.
  UploadedPart part;
};

/// Which attempt a key is about.
struct PartKey {
  int64_t number = 0;   ///< Of the part.
  int64_t attempt = 0;  ///< Counts from 1; the highest whose object exists is the part.
};

std::string UploadKey(std::string_view id);
/// What the keys of an upload's parts start with, or of one part.
std::string PartsPrefix(std::string_view id);
std::string PartPrefix(std::string_view id, int64_t number);
std::string KeyOfPart(std::string_view id, PartKey key);
/// Nothing if `key` is none below PartsPrefix(id).
std::optional<PartKey> ParsePartKey(std::string_view id, std::string_view key);

std::string EncodeUpload(const UploadRecord& record);
/// `key` tells the id.
Result<UploadRecord> DecodeUpload(std::string_view key, std::string_view bytes);
std::string EncodePart(const PartRecord& record);
/// The number is that of the key.
Result<PartRecord> DecodePart(std::string_view bytes);
/// A record of the reference, which knows no branch.
Result<MultipartUpload> DecodeTracker(std::string_view bytes);

}  // namespace tarn::catalog
