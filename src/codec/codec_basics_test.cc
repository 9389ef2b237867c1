// Varints, wire format, hex, checksums, digests, identity stream, values and entries.
#include <gtest/gtest.h>
#include <snappy.h>

#include <random>

#include "codec/crc32c.h"
#include "codec/digest.h"
#include "codec/entry.h"
#include "codec/hex.h"
#include "codec/identity.h"
#include "codec/snappy.h"
#include "codec/value.h"
#include "codec/varint.h"
#include "codec/wire.h"

namespace tarn {
namespace {

std::string Hex(const Sha256Digest& digest) { return ToHex(AsView(digest)); }

TEST(Varint, RoundTripsAtEveryLengthBorder) {
  for (int bit = 0; bit < 64; ++bit) {
    for (const uint64_t value : {(uint64_t{1} << bit) - 1, uint64_t{1} << bit, ~uint64_t{0}}) {
      std::string bytes;
      AppendVarint(&bytes, value);
      EXPECT_EQ(bytes.size(), VarintLength(value));
      std::string_view in = bytes;
      uint64_t read = 0;
      ASSERT_TRUE(ConsumeVarint(&in, &read));
      EXPECT_EQ(read, value);
      EXPECT_TRUE(in.empty());
      in = std::string_view(bytes).substr(0, bytes.size() - 1);
      EXPECT_FALSE(ConsumeVarint(&in, &read));
    }
  }
}

TEST(Varint, RefusesMoreThan64Bits) {
  uint64_t read = 0;
  for (const std::string& bytes :
       {std::string(9, '\xff') + '\x02', std::string(10, '\xff') + '\x01'}) {
    std::string_view in = bytes;
    EXPECT_FALSE(ConsumeVarint(&in, &read));
    EXPECT_EQ(in.size(), bytes.size());
  }
}

TEST(Varint, ZigZagIsTheUsualOne) {
  EXPECT_EQ(ZigZag(0), 0U);
  EXPECT_EQ(ZigZag(-1), 1U);
  EXPECT_EQ(ZigZag(32), 64U);
  for (const int64_t value : {INT64_MIN, int64_t{-7}, int64_t{7}, INT64_MAX}) {
    EXPECT_EQ(UnZigZag(ZigZag(value)), value);
  }
}

TEST(Wire, ReadsAllTypesAndStopsAtMalformedBytes) {
  const std::string message = *FromHex("0896010d010000001102000000000000001a0161");
  WireReader reader(message);
  WireField field;
  ASSERT_TRUE(reader.Next(&field));
  EXPECT_TRUE(field.is_varint(1));
  EXPECT_EQ(field.varint, 150U);
  ASSERT_TRUE(reader.Next(&field));
  EXPECT_EQ(field.type, WireType::kFixed32);
  EXPECT_EQ(field.varint, 1U);
  ASSERT_TRUE(reader.Next(&field));
  EXPECT_EQ(field.type, WireType::kFixed64);
  EXPECT_EQ(field.varint, 2U);
  ASSERT_TRUE(reader.Next(&field));
  EXPECT_TRUE(field.is_bytes(3));
  EXPECT_EQ(field.bytes, "a");
  EXPECT_FALSE(reader.Next(&field));
  EXPECT_FALSE(reader.failed());

  // Cut value, length over the end, field number 0, group, cut fixed fields.
  for (const char* hex : {"08", "0a05", "0001", "0b", "0d0000", "0900"}) {
    const std::string bad = *FromHex(hex);
    WireReader bad_reader(bad);
    EXPECT_FALSE(bad_reader.Next(&field)) << hex;
    EXPECT_TRUE(bad_reader.failed()) << hex;
  }
}

TEST(Wire, LeavesOutZeroValues) {
  std::string out;
  AppendVarintField(&out, 1, 0);
  AppendBytesField(&out, 2, "");
  EXPECT_TRUE(out.empty());
  AppendVarintField(&out, 1, 150);
  AppendBytesFieldAlways(&out, 2, "");
  EXPECT_EQ(ToHex(out), "0896011200");
}

TEST(HexText, RoundTripsAndRefusesOthers) {
  EXPECT_EQ(ToHex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(FromHex("00Ff1A"), std::string("\x00\xff\x1a", 3));
  EXPECT_FALSE(FromHex("0"));
  EXPECT_FALSE(FromHex("0g"));
}

TEST(Crc, MatchesPublishedValuesAndBothWaysAgree) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(""), 0U);
  std::mt19937_64 random(1);
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    bytes.push_back(static_cast<char>(random()));
    EXPECT_EQ(Crc32c(bytes), internal::ExtendCrc32cPortable(0, bytes));
    const size_t cut = random() % bytes.size();
    EXPECT_EQ(Crc32c(bytes), ExtendCrc32c(Crc32c(bytes.substr(0, cut)), bytes.substr(cut)));
  }
}

TEST(Digests, MatchPublishedValues) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(AsView(Md5("abc"))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(ToHex(AsView(Md5(""))), "d41d8cd98f00b204e9800998ecf8427e");
  // RFC 4231, cases 2 and 6.
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digests, CopiedHasherGoesOnFromItsState) {
  Sha256Hasher hasher;
  hasher.Update("ab");
  Sha256Hasher saved = hasher;
  hasher.Update("x");
  saved.Update("c");
  EXPECT_EQ(saved.Finish(), Sha256("abc"));
  EXPECT_EQ(hasher.Finish(), Sha256("abx"));
  hasher.Update("abc");  // Started over.
  EXPECT_EQ(hasher.Finish(), Sha256("abc"));
  saved = hasher;
  EXPECT_EQ(saved.Finish(), Sha256(""));
  Md5Hasher md5;
  md5.Update("abc");
  EXPECT_EQ(md5.Finish(), Md5("abc"));
}

/// Spec 13.1 and 13.2.
std::string CommitIdOf(std::string_view committer, std::string_view message,
                       std::string_view metarange, int64_t seconds, const Metadata& metadata,
                       const std::vector<std::string>& parents) {
  return Hex(IdentityBuilder()
                 .Str("commit:v1")
                 .Str(committer)
                 .Str(message)
                 .Str(metarange)
                 .Int(seconds)
                 .StrMap(metadata)
                 .Embed(IdentityBuilder().StrList(parents).Digest())
                 .Digest());
}

TEST(Identity, CommitIdsOfTheSpecification) {
  EXPECT_EQ(
      ToHex(IdentityBuilder().StrList(std::vector<std::string>{"parent1", "parent2"}).stream()),
      "03020800000000000000020102080000000000000007706172656e7431010208000000000000000770617265"
      "6e7432");
  EXPECT_EQ(CommitIdOf("Committer", "message", "metarangeId", 1000000000, {{"key", "value"}},
                       {"parent1", "parent2"}),
            "0c5f9d6fde638a6aa82840caf2485bdbe6ad0fc3f220ea88884df9ed99d7cf19");
  EXPECT_EQ(CommitIdOf("some-committer", "I just committed", "123456789987654321", 1611501012,
                       {{"sdkafjnb", "1234"}, {"sdkjvcnbkjndsc", "asnjkdl"}},
                       {"132456987153687sdfsdf", "1324569csfvdkjhcsdkjc"}),
            "f1a106bbeb12d3eb54418d6000f4507501d289d0d0879dcce6f4d31425587df1");
  EXPECT_EQ(CommitIdOf("user1", "message1", "deadbeef123", -62135596800, {{"foo", "bar"}},
                       {"deadbeef1", "deadbeef12"}),
            "2277b5abd2d3ba6b4d35c48a0e358b0c4bcf5cd6d891c67437fb4c4af0d2fd4b");
  EXPECT_EQ(CommitIdOf("user1", "message1", "deadbeef123", 1606834800, {{"foo", "bar"}}, {}),
            "fac53a04432b2e6e7185f3ac8314a874c556b2557adf3aa8d5b1df985cf96566");
}

/// Spec 13.4, first record of range.sst.
Entry ExampleEntry() {
  Entry entry;
  entry.address = "b0c968736d8f42a2b1c6284835f08226";
  entry.last_modified = {1628163584, 471124555};
  entry.size = 11;
  entry.checksum = "664c688b4ea9c56730daacfc3d70aeed";
  return entry;
}

TEST(EntryCodec, IdentityOfTheSpecification) {
  Entry entry = ExampleEntry();
  EXPECT_EQ(Hex(IdentityOf(entry)),
            "56fef3921aa6e7fd62bbe23b2f69db3f9049a54b6f2c7bd886b7eb1a6ca3ab3e");
  entry.content_type = kDefaultContentType;
  EXPECT_EQ(Hex(IdentityOf(entry)),
            "63ac508de1136c0de2edbfc6564bfa77b3fdb4b83d7579adcbfc985728e647f7");
}

TEST(EntryCodec, BytesOfTheSpecification) {
  std::string bytes;
  AppendEntry(&bytes, ExampleEntry());
  EXPECT_EQ(ToHex(bytes), "0a20" + ToHex("b0c968736d8f42a2b1c6284835f08226") +
                              "120c08809caf880610cb94d3e001" + "180b2220" +
                              ToHex("664c688b4ea9c56730daacfc3d70aeed") + "3001");
}

TEST(EntryCodec, RoundTripsAllFields) {
  Entry entry = ExampleEntry();
  entry.address_type = AddressType::kFull;
  entry.last_modified = {-62135596800, 999999999};
  entry.size = int64_t{1} << 60;
  entry.metadata = {{"b", ""}, {"a", "1"}, {"", "x"}};
  entry.content_type = "text/plain";
  std::string bytes;
  AppendEntry(&bytes, entry);
  const auto view = ParseEntry(bytes);
  ASSERT_TRUE(view.ok());
  EXPECT_TRUE(view->has_metadata);
  const Entry read = ToEntry(*view);
  EXPECT_EQ(read.address, entry.address);
  EXPECT_EQ(read.address_type, entry.address_type);
  EXPECT_EQ(read.last_modified, entry.last_modified);
  EXPECT_EQ(read.size, entry.size);
  EXPECT_EQ(read.checksum, entry.checksum);
  EXPECT_EQ(read.metadata, entry.metadata);
  EXPECT_EQ(read.content_type, entry.content_type);
}

TEST(EntryCodec, LastOfARepeatedMetadataKeyWinsAndUnknownFieldsAreSkipped) {
  const std::string bytes = *FromHex("2a060a016112013178012a060a0161120132");
  const auto view = ParseEntry(bytes);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(ReadMetadata(*view), (Metadata{{"a", "2"}}));
  EXPECT_EQ(view->shown_content_type(), "application/octet-stream");
}

TEST(EntryCodec, RefusesMalformedBytes) {
  // Cut text, cut time, cut map entry, unknown address type.
  for (const char* hex : {"0a05", "120108", "2a0112", "3007"}) {
    EXPECT_EQ(ParseEntry(*FromHex(hex)).code(), Code::kCorrupt) << hex;
  }
}

TEST(TableValue, RoundTripsAndHasTheBytesOfTheSpecification) {
  std::string bytes;
  ASSERT_TRUE(AppendTableValue(&bytes, {std::string(32, 'i'), std::string(86, 'd')}).ok());
  EXPECT_EQ(bytes, "\x40" + std::string(32, 'i') + "\xac\x01" + std::string(86, 'd'));
  bytes += "trailing";
  const auto value = ParseTableValue(bytes);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->identity, std::string(32, 'i'));
  EXPECT_EQ(value->data, std::string(86, 'd'));
}

TEST(TableValue, RefusesMalformedAndTooLongValues) {
  for (const char* hex : {"", "40", "0161", "0260", "02610261ff", "0061", "02610462"}) {
    const bool good = std::string_view(hex) == "02610261ff";
    const auto value = ParseTableValue(*FromHex(hex));
    EXPECT_EQ(value.ok(), good) << hex;
    EXPECT_EQ(value.status().message(), good ? "" : "bad bytes format for graveler.Value");
  }
  std::string out;
  EXPECT_EQ(AppendTableValue(&out, {"i", std::string(kValuePartBytesMax + 1, 'x')}).code(),
            Code::kTooLarge);
}

TEST(Snappy, OutputIsReadByTheLibrary) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    const size_t size = random() % (round % 50 == 0 ? 200000 : 5000);
    const unsigned alphabet = 1 + random() % 255;
    std::string input;
    while (input.size() < size) {
      if (!input.empty() && random() % 4 == 0) {
        const size_t from = random() % input.size();
        input += input.substr(from, random() % 300);
      } else {
        input.push_back(static_cast<char>(random() % alphabet));
      }
    }
    std::string compressed(SnappyCompressedBytesMax(input.size()), '\0');
    compressed.resize(
        static_cast<size_t>(SnappyCompress(input, compressed.data()) - compressed.data()));
    ASSERT_EQ(SnappyUncompressedLength(compressed), input.size());
    std::string output(input.size(), '\0');
    ASSERT_TRUE(SnappyUncompress(compressed, output.data())) << "round " << round;
    ASSERT_EQ(output, input);
  }
}

TEST(EntryCodec, ASizeBelowZeroReadsAsNone) {
  std::string bytes;
  AppendEntry(&bytes, {.address = "data/x", .size = -5, .checksum = "c"});
  const auto read = ParseEntry(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->size, 0);
  EXPECT_EQ(ToEntry(*read).size, 0);
}

}  // namespace
}  // namespace tarn
