#include "codec/checksum.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/crc64nvme.h"
#include "codec/hex.h"

namespace tarn {
namespace {

std::string HexOf(ChecksumKind kind, std::string_view bytes) {
  Checksum sum(kind);
  sum.Update(bytes);
  return ToHex(sum.Finish());
}

TEST(Checksum, KnownValues) {
  constexpr std::string_view kCheck = "123456789";
  EXPECT_EQ(HexOf(ChecksumKind::kCrc32, kCheck), "cbf43926");
  EXPECT_EQ(HexOf(ChecksumKind::kCrc32c, kCheck), "e3069283");
  EXPECT_EQ(HexOf(ChecksumKind::kCrc64Nvme, kCheck), "ae8b14860a799888");
  EXPECT_EQ(HexOf(ChecksumKind::kSha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(HexOf(ChecksumKind::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  for (const ChecksumRow& row : ChecksumRows()) {
    EXPECT_EQ(HexOf(row.kind, "").size(), 2 * row.size_bytes) << row.name;
  }
  EXPECT_EQ(HexOf(ChecksumKind::kCrc64Nvme, ""), "0000000000000000");
}

TEST(Checksum, PiecesAreAsTheWhole) {
  std::string bytes(5000, '\0');
  SeededRandom(7)->Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  for (const ChecksumRow& row : ChecksumRows()) {
    for (const size_t cut : {0UL, 1UL, 15UL, 127UL, 128UL, 2500UL, 4999UL}) {
      Checksum sum(row.kind);
      sum.Update(std::string_view(bytes).substr(0, cut));
      sum.Update(std::string_view(bytes).substr(cut));
      EXPECT_EQ(ToHex(sum.Finish()), HexOf(row.kind, bytes)) << row.name << " cut at " << cut;
    }
  }
}

TEST(Crc64Nvme, VectorFormAgreesWithThePortableOne) {
  std::string bytes(1100, '\0');
  SeededRandom(8)->Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  for (size_t length = 0; length <= bytes.size(); ++length) {
    const std::string_view part = std::string_view(bytes).substr(length % 7, length);
    ASSERT_EQ(ExtendCrc64Nvme(length, part), internal::ExtendCrc64NvmePortable(length, part))
        << length;
  }
}

// RFC 2202.
TEST(HmacSha1, KnownValues) {
  const auto hex = [](std::string_view key, std::string_view bytes) {
    const Sha1Digest digest = HmacSha1(key, bytes);
    return ToHex({digest.data(), digest.size()});
  };
  EXPECT_EQ(hex("Jefe", "what do ya want for nothing?"),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

}  // namespace
}  // namespace tarn
