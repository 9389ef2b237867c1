// The other way of what files of others were compressed with, over Debian's libraries. Level 1;
// pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

/// Numbers as Parquet has them.
enum class Compression : uint8_t { kNone = 0, kSnappy = 1, kGzip = 2, kZstd = 6 };

/// What `packed` holds, which must be `size` bytes: that much is allocated, so callers limit it.
/// kCorrupt; kUnsupported for another kind of compression.
Result<std::string> Uncompress(Compression compression, std::string_view packed, size_t size);

}  // namespace tarn
