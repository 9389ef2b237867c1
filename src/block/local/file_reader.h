// Positioned reads of an open file. Level 3.
#pragma once

#include <memory>

#include "base/blocking.h"
#include "block/local/file_layer.h"
#include "block/object_io.h"

namespace tarn::block {

/// Whether this thread may wait for the disk.
inline Wait AllowedWait() { return MayBlock() ? Wait::kMay : Wait::kMustNot; }

/// Reads `file`, whose properties are known. The layer outlives the reader.
std::unique_ptr<ObjectReader> ReadFile(FileLayer& layer, FileHandle file,
                                       ObjectProperties properties);

}  // namespace tarn::block
