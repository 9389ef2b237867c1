// Copies inside of S3, also from another bucket. Level 3; thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "block/layers/retry_store.h"
#include "block/object_io.h"
#include "block/s3/client.h"
#include "block/s3/encryption.h"
#include "block/s3/location.h"

namespace tarn::block::s3 {

/// With one request, once; or in parts where the object is too large for that, each made again
/// while that can help. Looks at the source unless its size is told. kDataNotFound.
Result<ObjectProperties> CopyObject(Client& client, Retrier& retrier, const Location& from,
                                    const Location& to, const Encryption& encryption,
                                    std::optional<int64_t> size);

}  // namespace tarn::block::s3
