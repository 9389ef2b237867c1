// Signatures were computed with the official library of the service (azure-storage-blob 12.19).
#include "block/azure/sas.h"

#include <gtest/gtest.h>

namespace tarn::block::azure {
namespace {

constexpr int64_t kExpires = 1767323045;  // 2026-01-02T03:04:05Z
// The documented key of emulators.
constexpr std::string_view kKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

TEST(Sas, IsSignedWithTheKeyOfAnAccount) {
  const SharedKey key = ReadSharedKey("devstoreaccount1", kKey).value();
  EXPECT_EQ(SignAccess({{"devstoreaccount1", "container", "a b/%41\xc3\xbc"},
                        "r",
                        kExpires,
                        "attachment; filename=x.txt"},
                       key),
            (Pairs{{"rscd", "attachment; filename=x.txt"},
                   {"se", "2026-01-02T03:04:05Z"},
                   {"sig", "K59wbkdZ/vv2Ag5xMFLgeYkkzb7XqdsMPJwr071G28s="},
                   {"sp", "r"},
                   {"spr", "https"},
                   {"sr", "b"},
                   {"sv", "2021-12-02"}}));
  const Pairs write = SignAccess({{"devstoreaccount1", "container", "x"}, "raw", kExpires}, key);
  ASSERT_EQ(write.size(), 6u);
  EXPECT_EQ(write[1].second, "12YAGbTNBit1k26MFAXoV485VGKJ7rv8nxxVh2MqL5A=");
}

TEST(Sas, IsSignedWithADelegationKey) {
  DelegationKey key;
  key.object_id = "oid";
  key.tenant_id = "tid";
  key.starts = "2026-01-02T02:04:05Z";
  key.expires = "2026-01-02T04:04:05Z";
  key.service = "b";
  key.version = "2021-12-02";
  key.secret = ReadSharedKey("", kKey).value().secret;
  EXPECT_EQ(
      SignAccess({{"account", "container", "a b/x"}, "r", kExpires, "attachment; filename=x.txt"},
                 key),
      (Pairs{{"rscd", "attachment; filename=x.txt"},
             {"se", "2026-01-02T03:04:05Z"},
             {"sig", "12eZnjrqujCQrWft2AVaAbcZ6z2/YGjznOcZe13/IR4="},
             {"ske", "2026-01-02T04:04:05Z"},
             {"skoid", "oid"},
             {"sks", "b"},
             {"skt", "2026-01-02T02:04:05Z"},
             {"sktid", "tid"},
             {"skv", "2021-12-02"},
             {"sp", "r"},
             {"spr", "https"},
             {"sr", "b"},
             {"sv", "2021-12-02"}}));
}

}  // namespace
}  // namespace tarn::block::azure
