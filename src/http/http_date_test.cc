#include "http/http_date.h"

#include <gtest/gtest.h>

namespace tarn::http {
namespace {

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

}  // namespace
}  // namespace tarn::http
