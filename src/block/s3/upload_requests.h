// The requests of uploads in parts, each made again while that can help. Level 3; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "block/client_uploads.h"
#include "block/layers/retry_store.h"
#include "block/object_io.h"
#include "block/s3/client.h"
#include "block/s3/encryption.h"
#include "block/s3/location.h"

namespace tarn::block::s3 {

/// An upload of a store. Borrowed.
struct UploadTarget {
  Client& client;
  Retrier& retrier;
  const Location& location;  ///< Of the object that it will make.
  const std::string& id;     ///< Of the store.
};

/// Of a request that copies from an object, which must still have that entity tag; empty: any.
std::vector<std::pair<std::string, std::string>> CopySourceHeaders(const Location& from,
                                                                   const std::string& entity_tag);
/// Why such a request failed: kIo when the object was replaced.
Status CopyFailure(Status failure);

/// CreateMultipartUpload; the id.
Result<std::string> BeginUpload(Client& client, Retrier& retrier, const Location& location,
                                const Encryption& encryption);
/// UploadPartCopy of a range of the object that must still have that entity tag; empty: any. The
/// entity tag of the part. kDataNotFound; kIo when the object was replaced.
Result<std::string> CopyToPart(const UploadTarget& upload, int64_t number, const Location& from,
                               const std::string& entity_tag, const ResolvedRange& range);
/// CompleteMultipartUpload, once; the time by the store's clock. kNotFound; kPreconditionFailed if
/// the object was to be new; kUnsupported for a store that cannot promise that.
Result<Timestamp> CompleteOnce(const UploadTarget& upload, std::span<const PartTag> parts,
                               bool create_only);
/// AbortMultipartUpload. kNotFound.
Status AbortUpload(const UploadTarget& upload);

/// Whether an object with that entity tag, without quotes, can be made of these parts: its tag is
/// made of theirs, where these are digests.
bool IsTagOfParts(std::string_view entity_tag, std::span<const PartTag> parts);

}  // namespace tarn::block::s3
