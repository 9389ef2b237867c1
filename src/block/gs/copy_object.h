// Copies inside of Google Cloud Storage, also from another bucket. Level 3; thread-safe.
#pragma once

#include "base/result.h"
#include "block/gs/upload.h"
#include "block/object_io.h"

namespace tarn::block::gs {

/// objects.rewrite, as often as the store wants for one object; each call is made again while that
/// can help. kDataNotFound.
Result<ObjectProperties> CopyObject(const UploadTools& tools, const Location& from,
                                    const Location& to);

}  // namespace tarn::block::gs
