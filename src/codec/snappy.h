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

/// Appends the compressed form of `input`, at most 4 GiB - 1 bytes.
void AppendSnappy(std::string* out, std::string_view input);

/// Length of the uncompressed bytes by the header of `compressed`; nothing if it has none.
std::optional<size_t> SnappyUncompressedLength(std::string_view compressed);

/// Uncompresses into `to`, which has room for SnappyUncompressedLength; false if `compressed` is
/// malformed.
bool SnappyUncompress(std::string_view compressed, char* to);

}  // namespace tarn
