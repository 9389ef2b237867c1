// The XML documents of S3: those that it answers with, and those that it is sent. Level 3; pure
// functions. Everything that an answer holds is checked: a store may be anything.
//
// Source: the S3 API reference. kSlowDown for a document that is not what it should be.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::block::s3 {

struct ListedKey {
  std::string key;
  int64_t size = 0;  ///< Bytes.
  Timestamp last_modified;
  std::string entity_tag;  ///< Without quotes.
};

struct ListAnswer {
  std::vector<ListedKey> keys;
  std::vector<std::string> prefixes;  ///< Of "folders", up to the delimiter.
  std::string continuation;           ///< Of the next page; empty: this is the last.
};
/// Of ListObjectsV2.
Result<ListAnswer> ReadListAnswer(std::string_view body);

/// Of CreateMultipartUpload.
Result<std::string> ReadUploadId(std::string_view body);

struct CopyAnswer {
  std::string entity_tag;  ///< As it has to be sent back.
  Timestamp last_modified;
};
/// Of CopyObject and UploadPartCopy. A failure that the store noticed after its head had been sent
/// is that failure.
Result<CopyAnswer> ReadCopyAnswer(std::string_view body, std::string_view operation,
                                  std::string_view object);
/// Of CompleteMultipartUpload: the entity tag, without quotes. Failures as above.
Result<std::string> ReadCompleteAnswer(std::string_view body, std::string_view object);

/// Of DeleteObjects: the failure of the first key that was not removed and is still there.
Status ReadDeleteAnswer(std::string_view body, std::string_view bucket);

struct PartTag {
  int number = 0;
  std::string entity_tag;  ///< As the store gave it.
};
/// What CompleteMultipartUpload is sent.
std::string WriteCompleteRequest(std::span<const PartTag> parts);
/// What DeleteObjects is sent.
std::string WriteDeleteRequest(std::span<const std::string> keys);

/// A size or an offset in bytes, in decimal digits; nothing for other text.
std::optional<int64_t> ReadSize(std::string_view text);
/// A tag without the quotes around it.
std::string_view WithoutQuotes(std::string_view entity_tag);

}  // namespace tarn::block::s3
