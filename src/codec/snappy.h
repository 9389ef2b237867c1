// Snappy block compression whose output equals that of golang/snappy 0.0.4 byte for byte.
//
// Compressed lengths enter the estimated size of a range and so the ids of metaranges; libsnappy
// compresses to other lengths, so only its decoder is used (docs/formats/sorted-table.md). Level 1,
// pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tarn {

/// Most bytes that `input_bytes` can be compressed to.
constexpr size_t SnappyCompressedBytesMax(size_t input_bytes) {
  return 32 + input_bytes + input_bytes / 6;
}

/// Compresses `input`, at most 4 GiB - 1 bytes, to `to`, which has room for
/// SnappyCompressedBytesMax; returns the end.
char* SnappyCompress(std::string_view input, char* to);

/// Length of the uncompressed bytes by the header of `compressed`; nothing if it has none.
std::optional<size_t> SnappyUncompressedLength(std::string_view compressed);

/// Uncompresses into `to`, which has room for SnappyUncompressedLength; false if `compressed` is
/// malformed.
bool SnappyUncompress(std::string_view compressed, char* to);

}  // namespace tarn
