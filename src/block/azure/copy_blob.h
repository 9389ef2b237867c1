// Copies inside of the service, also from another account. Level 3; thread-safe.
#pragma once

#include "base/result.h"
#include "block/azure/block_upload.h"
#include "block/azure/location.h"
#include "block/object_io.h"

namespace tarn::block::azure {

/// Whether the service can be told to fetch from itself: signed URLs are for TLS only.
bool CanCopyInside(Client& client);

/// Copy Blob From URL, or in blocks where the blob is too large for that. kDataNotFound;
/// kUnsupported where the service copies no blocks.
Result<ObjectProperties> CopyBlob(const UploadTools& tools, const Location& from,
                                  const Location& to);
/// Appends a range to an upload that has begun, as CopyPart does, in as many blocks as it takes.
Status CopyBlocks(BlockUpload& upload, const Location& from, const std::string& entity_tag,
                  int64_t offset, int64_t length);

}  // namespace tarn::block::azure
