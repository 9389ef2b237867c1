// The writer against the worked examples of the format, and its errors.
#include "sst/table_writer.h"

#include <gtest/gtest.h>

#include "codec/hex.h"
#include "codec/identity.h"
#include "sst/block_builder.h"
#include "sst/format.h"
#include "sst/resume.h"
#include "sst/table_writer_impl.h"

namespace tarn::sst {
namespace {

std::string Bytes(std::string_view hex) { return *FromHex(hex); }

/// The two records of the specification's example range.
std::map<std::string, Value> ExampleRecords() {
  const auto data = [](std::string_view address, std::string_view time, std::string_view size,
                       std::string_view checksum) {
    return Bytes("0a20") + std::string(address) + Bytes("120c08") + Bytes(time) + Bytes(size) +
           Bytes("2220") + std::string(checksum) + Bytes("3001");
  };
  return {{"a/b/c/no",
           {Bytes("56fef3921aa6e7fd62bbe23b2f69db3f9049a54b6f2c7bd886b7eb1a6ca3ab3e"),
            data("b0c968736d8f42a2b1c6284835f08226", "809caf880610cb94d3e001", "180b",
                 "664c688b4ea9c56730daacfc3d70aeed")}},
          {"a/b/c/yes",
           {Bytes("6039b184d29379328b5364bb041b9926b4b388dbc326b7dd57f70cefd77b961e"),
            data("fdf87fcf9ec849f98514ddb7e041ad56", "f59baf880610f288959902", "1804",
                 "eb4585ad9fe0426781ed7c49252f8225")}}};
}

TEST(RangeId, PreimageOfTheSpecification) {
  std::string preimage;
  AppendRecordPreimage(&preimage, "key", "value");
  const auto id = [&](const std::map<std::string, std::string>& properties) {
    const std::string all = preimage + std::string(IdentityBuilder().StrMap(properties).stream());
    return ToHex(AsView(Sha256(all)));
  };
  EXPECT_EQ(id({}), "1f60902cb44890618d61597673a62e44cf526f5991d9db687141218985fe60b8");
  EXPECT_EQ(id({{"type", "ranges"}}),
            "2c09f4be51c35d7e4c47a35538fe07160564ea706a2c34e2b860e90cb0edcbcf");
}

TEST(TableWriter, NumbersOfTheSpecification) {
  TableWriter range(TableType::kRange);
  for (const auto& [key, value] : ExampleRecords()) {
    ASSERT_TRUE(range.Add(key, value.view()).ok());
  }
  const auto table = range.Finish();
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->id, "a83af763ba098c15369d9d6d723731eb9ce18b8dfac4f88c6f1287e772393d0e");
  EXPECT_EQ(table->estimated_size, 287U);
  EXPECT_EQ(table->count, 2U);
  EXPECT_EQ(table->min_key, "a/b/c/no");
  EXPECT_EQ(table->max_key, "a/b/c/yes");
  std::string why;
  const auto footer = ParseFooter(table->bytes, &why);
  ASSERT_TRUE(footer) << why;
  EXPECT_EQ(footer->index.offset, 288U);  // rocksdb.data.size

  TableWriter metarange(TableType::kMetarange);
  const std::string data =
      Bytes("0a08") + "a/b/c/no" + Bytes("1209") + "a/b/c/yes" + Bytes("18a6092002");
  ASSERT_TRUE(metarange.Add("a/b/c/yes", {table->id, data}).ok());
  EXPECT_EQ(metarange.estimated_size(), 125U);
  EXPECT_EQ(metarange.Finish()->id,
            "732d4016245c5547113e0cd0f1a588fc55e36c21f460ac670cca4396922f5c11");
}

TEST(TableWriter, EmptyTablesOfTheSpecification) {
  const auto metarange = TableWriter(TableType::kMetarange).Finish();
  ASSERT_TRUE(metarange.ok());
  EXPECT_EQ(metarange->id, "00fb7eff1a97c500eb3ca8d2ef5464131d6b6a5f9512e41eba97843522213b66");
  EXPECT_EQ(metarange->bytes.size(), 887U);
  EXPECT_EQ(metarange->estimated_size, 8U);
  EXPECT_EQ(ToHex(metarange->bytes.substr(0, 8)), "0000000001000000");
  const auto range = TableWriter(TableType::kRange).Finish();
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->id, "5105eaf20d56aa444d5402b4eab9d952aecff97791980db9141ca8e2590ce149");
}

TEST(TableWriter, RefusesWhatTheFormatCannotHold) {
  TableWriter writer(TableType::kRange);
  EXPECT_EQ(writer.Add("b", {}).message(), "record value should not be nil");
  ASSERT_TRUE(writer.Add("b", {"i", "d"}).ok());
  for (const char* key : {"b", "a", ""}) {
    const Status status = writer.Add(key, {"i", "d"});
    EXPECT_EQ(status.code(), Code::kInvalidValue);
    EXPECT_EQ(status.message(), "keys should be written in ascending order");
  }
  EXPECT_EQ(writer.Add("c", {"i", std::string(kValuePartBytesMax + 1, 'x')}).code(),
            Code::kTooLarge);
  EXPECT_EQ(writer.count(), 1U);  // The refused ones left nothing behind.
  const auto table = writer.Finish();
  TableWriter again(TableType::kRange);
  ASSERT_TRUE(again.Add("b", {"i", "d"}).ok());
  EXPECT_EQ(table->id, again.Finish()->id);
}

TEST(TableWriter, ExtraPropertiesCountForTheId) {
  const auto with = [](std::map<std::string, std::string> extra) {
    return TableWriter(TableType::kRange, std::move(extra)).Finish()->id;
  };
  EXPECT_NE(with({}), with({{"entity", "commits"}}));
  EXPECT_NE(with({{"entity", "tags"}}), with({{"entity", "commits"}}));
}

TEST(Separators, AreShortKeysBetween) {
  const auto separator = [](std::string_view last, std::string_view next) {
    const std::string key = SeparatorKey(last, next);
    EXPECT_GE(UserKey(key), last);
    EXPECT_LT(UserKey(key), next);
    const bool shortened = UserKey(key) != last;
    EXPECT_EQ(std::string_view(key).substr(key.size() - 8),
              shortened ? kSeparatorTrailer : kSetTrailer);
    return std::string(UserKey(key));
  };
  EXPECT_EQ(separator("abcdef", "abzz"), "abd");
  EXPECT_EQ(separator("abc", "abcd"), "abc");    // A prefix of the next.
  EXPECT_EQ(separator("abcxy", "abd"), "abcy");  // The next letter is taken: go further right.
  EXPECT_EQ(separator("abc\xff", "abd"), "abc\xff");
  EXPECT_EQ(separator("abcxy", "abdz"), "abd");  // Less than the next by its length.
  EXPECT_EQ(SuccessorKey("abc"), std::string("b").append(kSeparatorTrailer));
  EXPECT_EQ(SuccessorKey("\xff\xff"
                         "a"),
            std::string("\xff\xff"
                        "b")
                .append(kSeparatorTrailer));
  EXPECT_EQ(SuccessorKey("\xff"), std::string("\xff").append(kSetTrailer));
}

TEST(BlockBuilder, SharesBytesWithTheTrailerBeforeAsTheReferenceDoes) {
  BlockBuilder block(kDataRestartInterval);
  block.Add("a", kSetTrailer, "");
  // "a" 01 00 continues the first key with the first bytes of its trailer.
  block.Add(std::string_view("a\x01\0z", 4), kSetTrailer, "");
  EXPECT_EQ(ToHex(block.Finish()),
            "000900"
            "61"
            "0100000000000000"
            "030900"
            "7a"
            "0100000000000000"
            "00000000"
            "01000000");
}

TEST(BreakRule, CutsByKeyAndSize) {
  // FNV-1a-64 of "a" is af63dc4c8601ec8c, so this raggedness divides it.
  const BreakRule rule{100, 200, 0xaf63dc4c8601ec8c};
  EXPECT_TRUE(rule.Breaks(100, "a"));
  EXPECT_FALSE(rule.Breaks(99, "a"));
  EXPECT_FALSE(rule.Breaks(199, "b"));
  EXPECT_TRUE(rule.Breaks(200, "b"));
  EXPECT_TRUE((BreakRule{0, 1000, 4}.Breaks(0, "a")));
  EXPECT_FALSE((BreakRule{0, 1000, 8}.Breaks(0, "a")));
}

TEST(ResumeCache, DropsTheLeastRecentlyUsed) {
  ResumeCache cache(4);
  const auto info = [](size_t points) {
    auto made = std::make_shared<ResumeInfo>();
    made->points.resize(points);
    return made;
  };
  cache.Put("a", info(1));
  cache.Put("b", info(1));
  ASSERT_NE(cache.Get("a"), nullptr);
  cache.Put("c", info(1));
  EXPECT_EQ(cache.Get("b"), nullptr);
  EXPECT_NE(cache.Get("a"), nullptr);
  EXPECT_NE(cache.Get("c"), nullptr);
  cache.Put("too large", info(4));
  EXPECT_EQ(cache.Get("too large"), nullptr);
  EXPECT_NE(cache.Get("a"), nullptr);
}

}  // namespace
}  // namespace tarn::sst
