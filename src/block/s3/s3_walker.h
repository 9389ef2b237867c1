// Walks over the objects of an import source in S3. Level 3; as ObjectWalker says.
#pragma once

#include <memory>

#include "base/result.h"
#include "block/listing.h"
#include "block/s3/client.h"

namespace tarn::block::s3 {

/// The client outlives the walker, and not its batches. kInvalidAddress, kDataNotFound.
Result<std::unique_ptr<ObjectWalker>> Walk(Client& client, const WalkRequest& request);

}  // namespace tarn::block::s3
