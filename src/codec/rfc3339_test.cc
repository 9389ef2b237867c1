#include "codec/rfc3339.h"

#include <gtest/gtest.h>

namespace tarn {
namespace {

TEST(Rfc3339, IsReadToTheNanosecond) {
  EXPECT_EQ(ParseRfc3339Utc("1970-01-01T00:00:00Z"), (Timestamp{0, 0}));
  EXPECT_EQ(ParseRfc3339Utc("2013-05-24T00:00:00.000Z"), (Timestamp{1'369'353'600, 0}));
  EXPECT_EQ(ParseRfc3339Utc("2024-02-29T23:59:58.64Z"), (Timestamp{1'709'251'198, 640'000'000}));
  EXPECT_EQ(ParseRfc3339Utc("1969-12-31T23:59:59.123456789Z"), (Timestamp{-1, 123'456'789}));
}

TEST(Rfc3339, OtherTextIsNone) {
  for (const std::string_view text :
       {"", "Z", "2013-05-24", "2013-05-24T00:00:00", "2013-05-24T00:00:00+01:00",
        "2013-05-24 00:00:00Z", "2013-02-29T00:00:00Z", "2013-05-24T24:00:00Z",
        "2013-05-24T00:60:00Z", "2013-05-24T00:00:00.Z", "2013-05-24T00:00:00.x1Z",
        "2013-05-24T00:00:00.1234567891Z", "+013-05-24T00:00:00Z", "20130524T000000Z"}) {
    EXPECT_EQ(ParseRfc3339Utc(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tarn
