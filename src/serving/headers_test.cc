// The small readers and writers of headers: ranges, dates, entity tags.
#include <gtest/gtest.h>

#include "serving/entity_tag.h"
#include "serving/http_date.h"
#include "serving/range_header.h"

namespace tarn::serving {
namespace {

TEST(EntityTag, IsLookedForInLists) {
  struct Case {
    std::string_view list;
    bool with_quotes, without_quotes;
  };
  const Case cases[] = {
      {"\"abc\"", true, true},
      {"W/\"abc\"", true, true},
      {"*", true, true},
      {"\"x\", \"abc\"", true, true},
      {"\"x\",W/\"abc\" ,\"y\"", true, true},
      {" * ", true, true},
      {"abc", false, true},
      {"x, abc", false, true},
      {"W/abc", false, true},
      {"\"ab\"", false, false},
      {"\"*\"", false, false},
      {"", false, false},
      {",", false, false},
      {"W/", false, false},
      {"w/\"abc\"", false, false},
      {"\"abc", false, false},
      {"\"abc\"x", false, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ListsTag(c.list, "\"abc\"", TagQuotes::kNeeded), c.with_quotes) << c.list;
    EXPECT_EQ(ListsTag(c.list, "\"abc\"", TagQuotes::kOptional), c.without_quotes) << c.list;
  }
}

TEST(Range, OfAnObjectOfTenBytes) {
  struct Case {
    std::string_view header;
    RangeKind kind;
    int64_t offset, length;
  };
  const Case cases[] = {
      {"bytes=0-4", RangeKind::kGood, 0, 5},
      {"bytes=5-", RangeKind::kGood, 5, 5},
      {"bytes=-3", RangeKind::kGood, 7, 3},
      {"bytes=-100", RangeKind::kGood, 0, 10},
      {"bytes=9-100", RangeKind::kGood, 9, 1},
      {"bytes=00-01", RangeKind::kGood, 0, 2},
      {"bytes=0-1 ", RangeKind::kGood, 0, 2},
      {"bytes=0-9223372036854775807", RangeKind::kGood, 0, 10},
      {"bytes=-9223372036854775807", RangeKind::kGood, 0, 10},
      {"bytes=-0", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=10-", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=10-12", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=4-2", RangeKind::kBad, 0, 0},
      {"bytes=0-1,3-4", RangeKind::kBad, 0, 0},
      {"bytes=0-4,", RangeKind::kBad, 0, 0},
      {"bytes=-", RangeKind::kBad, 0, 0},
      {"bytes=--1", RangeKind::kBad, 0, 0},
      {"bytes=", RangeKind::kBad, 0, 0},
      {"items=0-1", RangeKind::kBad, 0, 0},
      {"bytes=99999999999999999999-", RangeKind::kBad, 0, 0},
  };
  for (const Case& c : cases) {
    const ReadRange read = ReadRangeHeader(c.header, 10);
    EXPECT_EQ(read.kind, c.kind) << c.header;
    EXPECT_EQ(read.range.offset, c.offset) << c.header;
    EXPECT_EQ(read.range.length, c.length) << c.header;
  }
}

TEST(Range, OfAnEmptyObjectIsUnsatisfiable) {
  for (const std::string_view header : {"bytes=0-", "bytes=0-0", "bytes=-1", "bytes=1-"})
    EXPECT_EQ(ReadRangeHeader(header, 0).kind, RangeKind::kUnsatisfiable) << header;
}

TEST(HttpDate, IsInEnglishAndUtc) {
  EXPECT_EQ(FormatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(FormatHttpDate(1136214245), "Mon, 02 Jan 2006 15:04:05 GMT");
}

TEST(HttpDate, IsReadInThreeForms) {
  for (const std::string_view text : {"Sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(ParseHttpDate(text), 784111777) << text;
  EXPECT_EQ(ParseHttpDate("Wed, 01 Jan 2070 00:00:00 GMT"), 3155760000);
  for (const std::string_view text :
       {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z"})
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
}

TEST(EntityTag, IsQuotedOnce) {
  EXPECT_EQ(EntityTag("abc"), "\"abc\"");
  EXPECT_EQ(EntityTag("\"abc\""), "\"abc\"");
}

}  // namespace
}  // namespace tarn::serving
