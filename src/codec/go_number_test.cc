#include "codec/go_number.h"

#include <gtest/gtest.h>

namespace tarn {
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

}  // namespace
}  // namespace tarn
