// CRC-64/NVME, the default checksum of newer S3 clients: reflected polynomial 0x9a6c9329ac4bc9b5,
// all ones at the start and inverted at the end. Level 1, pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn {

/// The checksum of `bytes` appended to bytes whose checksum is `crc` (0 for none).
uint64_t ExtendCrc64Nvme(uint64_t crc, std::string_view bytes);

namespace internal {
/// The same without vector instructions; exposed for the test that compares both.
uint64_t ExtendCrc64NvmePortable(uint64_t crc, std::string_view bytes);
}  // namespace internal

}  // namespace tarn
