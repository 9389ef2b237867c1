// The XML documents of S3: those that it answers with, and those that it is sent. Level 3; pure
// functions. Everything that an answer holds is checked: a store may be anything.
//
// Source: the S3 API reference. kSlowDown for a document that is not what it should be.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "block/client_uploads.h"
#include "block/remote/key_lister.h"
#include "http/answer.h"

namespace tarn::block::s3 {

using http::ReadSize;
using remote::ListAnswer;
using remote::ListedKey;

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

/// What CompleteMultipartUpload is sent: entity tags are as the store, or a client, gave them.
std::string WriteCompleteRequest(std::span<const PartTag> parts);
/// What DeleteObjects is sent.
std::string WriteDeleteRequest(std::span<const std::string> keys);

}  // namespace tarn::block::s3
