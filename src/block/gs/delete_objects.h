// Removing objects of Google Cloud Storage. Level 3; thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/gs/client.h"

namespace tarn::block::gs {

/// objects.delete; absent is success.
Status DeleteObject(Client& client, const Place& place);
/// A hundred of them in each request. After a failure some are gone.
Status DeleteObjects(Client& client, std::string_view bucket, std::span<const std::string> keys);

}  // namespace tarn::block::gs
