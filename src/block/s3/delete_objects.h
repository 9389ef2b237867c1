// Removing objects of S3. Level 3; thread-safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "block/s3/client.h"

namespace tarn::block::s3 {

/// DeleteObject; absent is success.
Status DeleteObject(Client& client, const Place& place);
/// DeleteObjects, a thousand at a time. After a failure some are gone.
Status DeleteObjects(Client& client, std::string_view bucket, std::span<const std::string> keys);

}  // namespace tarn::block::s3
