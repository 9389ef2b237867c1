// The sorted-table format as far as reader and writer share it: numbers, names, handles, footer,
// stored blocks, separators (docs/formats/sorted-table.md). Level 4, pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/fixed.h"

namespace tarn::sst {

inline constexpr size_t kBlockTargetBytes = 4096;
inline constexpr size_t kBlockThresholdBytes = (kBlockTargetBytes * 90 + 99) / 100;
inline constexpr int kDataRestartInterval = 16;
inline constexpr int kIndexRestartInterval = 1;
inline constexpr size_t kIndexValueBytesAssumed = 20;  // By the flush test of index blocks.
inline constexpr size_t kBlockTrailerBytes = 5;        // Compression and checksum.
inline constexpr size_t kKeyTrailerBytes = 8;          // Sequence number and kind of a record.
inline constexpr size_t kFooterBytes = 53;

/// Trailers of internal keys: a record, a shortened separator, the index entry of an empty table.
inline constexpr std::string_view kSetTrailer{"\x01\0\0\0\0\0\0\0", kKeyTrailerBytes};
inline constexpr std::string_view kSeparatorTrailer{"\x11\xff\xff\xff\xff\xff\xff\xff",
                                                    kKeyTrailerBytes};
inline constexpr std::string_view kInvalidTrailer{"\xff\0\0\0\0\0\0\0", kKeyTrailerBytes};
inline constexpr unsigned char kSetKind = 1;

inline constexpr std::string_view kPropertiesEntry = "rocksdb.properties";
inline constexpr uint32_t kSingleIndex = 0;
inline constexpr uint32_t kTwoLevelIndex = 2;

/// Properties whose value is the same in every table that this format's writers produce. A table
/// that has all of them was cut and compressed by the same rules.
struct FixedProperty {
  std::string_view name, value;
};
extern const std::array<FixedProperty, 21> kFixedProperties;

/// Where a block lies; `size` is without its trailer.
struct BlockHandle {
  uint64_t offset = 0;
  uint64_t size = 0;
  uint64_t end() const { return offset + size + kBlockTrailerBytes; }
};

void AppendHandle(std::string* out, BlockHandle handle);
/// Takes a handle off the front of `in`.
std::optional<BlockHandle> ConsumeHandle(std::string_view* in);

struct Footer {
  BlockHandle metaindex, index;
};

void AppendFooter(std::string* out, const Footer& footer);
/// Reads the footer at the end of `tail`, the last bytes of a file. On failure returns nothing and
/// sets `why`.
std::optional<Footer> ParseFooter(std::string_view tail, std::string* why);

/// Appends `raw` as a stored block: compressed if that saves an eighth, then the trailer. Returns
/// the stored length without the trailer.
size_t AppendStoredBlock(std::string* out, std::string_view raw, bool compress);
/// True if the checksum of a stored block (with its trailer) is right.
bool CheckStoredBlock(std::string_view stored);
/// Length of the raw bytes of a stored block; nothing if it is malformed.
std::optional<size_t> RawBlockLength(std::string_view stored);
/// Writes the raw bytes of a stored block to `to`, which has room for RawBlockLength.
bool UnpackStoredBlock(std::string_view stored, char* to);

/// Index key of a block with last key `last` before a block with first key `next`.
std::string SeparatorKey(std::string_view last, std::string_view next);
/// Index key of the last block of a table.
std::string SuccessorKey(std::string_view last);

/// Number of leading bytes that `a` and `b` have in common.
inline size_t CommonPrefixLength(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  size_t i = 0;
  for (; i + 8 <= limit; i += 8) {
    const uint64_t difference = LoadLe<uint64_t>(a.data() + i) ^ LoadLe<uint64_t>(b.data() + i);
    if (difference != 0) return i + static_cast<size_t>(std::countr_zero(difference)) / 8;
  }
  while (i < limit && a[i] == b[i]) ++i;
  return i;
}

inline std::string_view UserKey(std::string_view internal_key) {
  return internal_key.substr(0, internal_key.size() - kKeyTrailerBytes);
}

}  // namespace tarn::sst
