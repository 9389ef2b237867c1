// CRC-32C (Castagnoli) as block checksums of sorted tables use it, with the instruction of the
// processor where it has one. Level 1, pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn {

/// The checksum of `bytes` appended to bytes whose checksum is `crc` (0 for none).
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);
inline uint32_t Crc32c(std::string_view bytes) { return ExtendCrc32c(0, bytes); }

/// The form in which a checksum is stored next to the bytes it covers.
constexpr uint32_t MaskCrc(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8U; }

namespace internal {
/// The same without the instruction; exposed for the test that compares both.
uint32_t ExtendCrc32cPortable(uint32_t crc, std::string_view bytes);
}  // namespace internal

}  // namespace tarn
