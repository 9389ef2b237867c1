// The small readers: numbers, times, patterns, ranges, dates, media types, error table.
#include <gtest/gtest.h>

#include "rest/error_table.h"
#include "rest/go_number.h"
#include "rest/http_date.h"
#include "rest/media_type.h"
#include "rest/patterns.h"
#include "rest/range_header.h"

namespace tarn::rest {
namespace {

TEST(Integers, WithPrefix) {
  struct Case {
    std::string_view text;
    NumberError error;
    int64_t value;
  };
  const Case cases[] = {
      {"0", NumberError::kNone, 0},
      {"-0", NumberError::kNone, 0},
      {"+1", NumberError::kNone, 1},
      {"1_0", NumberError::kNone, 10},
      {"0x1F", NumberError::kNone, 31},
      {"0_7", NumberError::kNone, 7},
      {"0x_1", NumberError::kNone, 1},
      {"0b101", NumberError::kNone, 5},
      {"0o17", NumberError::kNone, 15},
      {"010", NumberError::kNone, 8},
      {"9223372036854775807", NumberError::kNone, INT64_MAX},
      {"-9223372036854775808", NumberError::kNone, INT64_MIN},
      {"9223372036854775808", NumberError::kRange, 0},
      {"-9223372036854775809", NumberError::kRange, 0},
      {"99999999999999999999999", NumberError::kRange, 0},
      {"99999999999999999999999x", NumberError::kSyntax, 0},
      {"", NumberError::kSyntax, 0},
      {"-", NumberError::kSyntax, 0},
      {"0x", NumberError::kSyntax, 0},
      {"_1", NumberError::kSyntax, 0},
      {"1_", NumberError::kSyntax, 0},
      {"1__0", NumberError::kSyntax, 0},
      {"08", NumberError::kSyntax, 0},
      {" 1", NumberError::kSyntax, 0},
      {"1.0", NumberError::kSyntax, 0},
      {"1e2", NumberError::kSyntax, 0},
  };
  for (const Case& c : cases) {
    const ReadInteger read = ReadPrefixedInteger(c.text);
    EXPECT_EQ(read.error, c.error) << c.text;
    EXPECT_EQ(read.value, c.value) << c.text;
  }
}

TEST(Integers, Decimal) {
  EXPECT_EQ(ReadDecimalInteger("010").value, 10);
  EXPECT_EQ(ReadDecimalInteger("1_0").error, NumberError::kSyntax);
  EXPECT_EQ(ReadDecimalInteger("0x10").error, NumberError::kSyntax);
  EXPECT_EQ(ReadDecimalInteger("9223372036854775808").error, NumberError::kRange);
}

TEST(Booleans, HaveTwelveSpellings) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"})
    EXPECT_EQ(ReadBoolean(yes), true) << yes;
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"})
    EXPECT_EQ(ReadBoolean(no), false) << no;
  for (const std::string_view bad : {"", "yes", "tRUE", "2", " true"})
    EXPECT_EQ(ReadBoolean(bad), std::nullopt) << bad;
}

TEST(Times, AreRead) {
  EXPECT_EQ(ReadTime("1970-01-01T00:00:00Z").time, (Timestamp{0, 0}));
  EXPECT_EQ(ReadTime("2000-02-29T23:59:59.000000001-01:30").time, (Timestamp{951874199, 1}));
  EXPECT_EQ(ReadTime("1969-12-31T23:59:59Z").time, (Timestamp{-1, 0}));
  EXPECT_EQ(ReadTime("2020-09-13").time, (Timestamp{1599955200, 0}));
  for (const std::string_view bad :
       {"", "yesterday", "2021-02-29", "2020-13-01", "2020-01-01T24:00:00Z", "2020-01-01T00:00:00",
        "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00Zx", "2020-01-01 00:00:00Z"})
    EXPECT_FALSE(ReadTime(bad).error.empty()) << bad;
}

TEST(Patterns, Repository) {
  const auto& pattern = PatternNamed("repository");
  for (const std::string& good : {std::string("abc"), std::string("0-9"), std::string(63, 'a')})
    EXPECT_TRUE(pattern.matches(good)) << good;
  for (const std::string& bad : {std::string(), std::string("ab"), std::string(64, 'a'),
                                 std::string("-abc"), std::string("aBc"), std::string("a.c")})
    EXPECT_FALSE(pattern.matches(bad)) << bad;
}

TEST(Patterns, Namespace) {
  const auto& pattern = PatternNamed("namespace");
  for (const std::string_view good : {"s3://b", "local://", "http://x", "https://x/y z"})
    EXPECT_TRUE(pattern.matches(good)) << good;
  for (const std::string_view bad : {"", "s3:/b", "LOCAL://x", "ftp://x", " s3://b", "s3://a\nb"})
    EXPECT_FALSE(pattern.matches(bad)) << bad;
}

TEST(Patterns, Range) {
  const auto& pattern = PatternNamed("range");
  for (const std::string_view good :
       {"bytes=0-1", "bytes=-", "bytes=1-", "bytes=-1", "bytes=0-1,2-3", "bytes=0-1, 2-3",
        "bytes=0-1,", "bytes=--1", "bytes=0-1 2-3", "bytes=0-1 "})
    EXPECT_TRUE(pattern.matches(good)) << good;
  for (const std::string_view bad : {"", "bytes=", "bytes= 0-1", "bytes=a-b", "items=0-1", "0-1",
                                     "bytes=0-1,,2-3", "bytes=0-1  2-3", "bytes=1"})
    EXPECT_FALSE(pattern.matches(bad)) << bad;
}

TEST(Patterns, DateTime) {
  for (const std::string_view good :
       {"2020-01-01T00:00:00", "2020-01-01T00:00:60.5Z", "2020-12-31T23:59:59+99:99"})
    EXPECT_TRUE(IsDateTime(good)) << good;
  for (const std::string_view bad :
       {"", "2020-01-01", "2020-00-01T00:00:00", "2020-01-32T00:00:00", "2020-01-01T24:00:00",
        "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00Zz"})
    EXPECT_FALSE(IsDateTime(bad)) << bad;
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

TEST(MediaType, ReadsTypesAndParameters) {
  auto media = ParseMediaType("Multipart/Form-Data; Boundary=\"a b\\\"c\"; x=1;");
  ASSERT_TRUE(media.ok()) << media.status().message();
  EXPECT_EQ(media->type, "multipart/form-data");
  EXPECT_EQ(media->parameters["boundary"], "a b\"c");
  EXPECT_EQ(media->parameters["x"], "1");
  EXPECT_TRUE(ParseMediaType("text").ok());
  EXPECT_TRUE(ParseMediaType("text/plain ;").ok());
  media = ParseMediaType("form-data; filename=\"C:\\dir\\file\"");
  EXPECT_EQ(media->parameters["filename"], "C:\\dir\\file");
}

TEST(MediaType, TellsWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "mime: no media type"},
      {"/", "mime: no media type"},
      {"a/b/c", "mime: unexpected content after media subtype"},
      {"a b", "mime: expected slash after first token"},
      {"a/", "mime: expected token after slash"},
      {"nonsense;;", "mime: invalid media parameter"},
      {"a/b; c", "mime: invalid media parameter"},
      {"a/b; c=\"d", "mime: invalid media parameter"},
      {"a/b; c=1; c=2", "mime: duplicate parameter name"},
  };
  for (const auto& [text, problem] : cases)
    EXPECT_EQ(ParseMediaType(text).status().message(), problem) << text;
}

TEST(ErrorTable, GivesEveryFailureAnErrorStatus) {
  for (int i = 1; i < kCodeCount; ++i) {
    const ErrorRow& row = ErrorRowOf(static_cast<Code>(i));
    EXPECT_GE(row.status, 400) << i;
    EXPECT_LT(row.status, 600) << i;
  }
}

TEST(ErrorTable, FixedTextsHideTheMessageOthersShowIt) {
  EXPECT_EQ(ErrorText({Code::kDataNotFound, "open /secret/place"}), "No data");
  EXPECT_EQ(ErrorText({Code::kTooManyTries, "update branch"}),
            "Too many attempts, try again later");
  EXPECT_EQ(ErrorText({Code::kBranchNotFound, "branch not found"}), "branch not found");
}

}  // namespace
}  // namespace tarn::rest
