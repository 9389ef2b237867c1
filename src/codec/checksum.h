// The checksums that S3 clients send beside a body (x-amz-checksum-<name>). Level 1; a checksum
// belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "codec/digest.h"
#include "codec/sha1.h"

namespace tarn {

enum class ChecksumKind : uint8_t { kCrc32, kCrc32c, kCrc64Nvme, kSha1, kSha256 };

struct ChecksumRow {
  ChecksumKind kind;
  std::string_view name;  ///< "crc32c", as after "x-amz-checksum-".
  size_t size_bytes;
};

/// All kinds, in the order of the enum.
std::span<const ChecksumRow> ChecksumRows();

namespace internal {

struct Crc32State {
  uint32_t value = 0;
};
struct Crc32cState {
  uint32_t value = 0;
};
struct Crc64NvmeState {
  uint64_t value = 0;
};

}  // namespace internal

/// Sums up bytes that come in pieces.
class Checksum {
 public:
  explicit Checksum(ChecksumKind kind);
  void Update(std::string_view bytes);
  /// The value in the order in which it is written down (highest byte first). REQUIRES that it was
  /// not called before.
  std::string Finish();

 private:
  std::variant<internal::Crc32State, internal::Crc32cState, internal::Crc64NvmeState, Sha1Hasher,
               Sha256Hasher>
      sum_;
};

}  // namespace tarn
