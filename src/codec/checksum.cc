#include "codec/checksum.h"

#include <libdeflate.h>

#include "codec/crc32c.h"
#include "codec/crc64nvme.h"

namespace tarn {

using internal::Crc32cState;
using internal::Crc32State;
using internal::Crc64NvmeState;

namespace {

constexpr ChecksumRow kRows[] = {
    {ChecksumKind::kCrc32, "crc32", 4},         {ChecksumKind::kCrc32c, "crc32c", 4},
    {ChecksumKind::kCrc64Nvme, "crc64nvme", 8}, {ChecksumKind::kSha1, "sha1", 20},
    {ChecksumKind::kSha256, "sha256", 32},
};

template <class T>
std::string BigEndian(T value) {
  std::string bytes(sizeof(T), '\0');
  for (size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8)) {
    bytes[i] = static_cast<char>(value & 0xff);
  }
  return bytes;
}

}  // namespace

std::span<const ChecksumRow> ChecksumRows() { return kRows; }

Checksum::Checksum(ChecksumKind kind) {
  switch (kind) {
    case ChecksumKind::kCrc32:
      break;
    case ChecksumKind::kCrc32c:
      sum_.emplace<Crc32cState>();
      break;
    case ChecksumKind::kCrc64Nvme:
      sum_.emplace<Crc64NvmeState>();
      break;
    case ChecksumKind::kSha1:
      sum_.emplace<Sha1Hasher>();
      break;
    case ChecksumKind::kSha256:
      sum_.emplace<Sha256Hasher>();
      break;
  }
}

void Checksum::Update(std::string_view bytes) {
  struct Visitor {
    std::string_view bytes;
    void operator()(Crc32State& sum) const {
      sum.value = libdeflate_crc32(sum.value, bytes.data(), bytes.size());
    }
    void operator()(Crc32cState& sum) const { sum.value = ExtendCrc32c(sum.value, bytes); }
    void operator()(Crc64NvmeState& sum) const { sum.value = ExtendCrc64Nvme(sum.value, bytes); }
    void operator()(Sha1Hasher& sum) const { sum.Update(bytes); }
    void operator()(Sha256Hasher& sum) const { sum.Update(bytes); }
  };
  std::visit(Visitor{bytes}, sum_);
}

std::string Checksum::Finish() {
  struct Visitor {
    std::string operator()(Crc32State& sum) const { return BigEndian(sum.value); }
    std::string operator()(Crc32cState& sum) const { return BigEndian(sum.value); }
    std::string operator()(Crc64NvmeState& sum) const { return BigEndian(sum.value); }
    std::string operator()(Sha1Hasher& sum) const {
      const Sha1Digest digest = sum.Finish();
      return {digest.data(), digest.size()};
    }
    std::string operator()(Sha256Hasher& sum) const { return std::string(AsView(sum.Finish())); }
  };
  return std::visit(Visitor(), sum_);
}

}  // namespace tarn
