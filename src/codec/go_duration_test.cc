#include "codec/go_duration.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace tarn {
namespace {

TEST(GoDurationTest, ReadsAndWrites) {
  const auto nanoseconds = [](std::string_view text) {
    return ParseGoDuration(text).value().count();
  };
  EXPECT_EQ(nanoseconds("1h2m3.5s"), 3'723'500'000'000);
  EXPECT_EQ(nanoseconds("-1.5ms"), -1'500'000);
  EXPECT_EQ(nanoseconds("0"), 0);
  EXPECT_EQ(nanoseconds("1\xc2\xb5s"), 1000);
  for (const auto& [text, message] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"fast", "time: invalid duration \"fast\""},
           {"", "time: invalid duration \"\""},
           {"10", "time: missing unit in duration \"10\""},
           {"1h2x", "time: unknown unit \"x\" in duration \"1h2x\""},
           {"1.2.3s", "time: invalid duration \"1.2.3s\""},
           {"999999999h", "time: invalid duration \"999999999h\""},
       }) {
    EXPECT_EQ(ParseGoDuration(text).status().message(), message);
  }
  const auto text = [](int64_t count) { return FormatGoDuration(std::chrono::nanoseconds(count)); };
  EXPECT_EQ(text(0), "0s");
  EXPECT_EQ(text(1), "1ns");
  EXPECT_EQ(text(1500), "1.5\xc2\xb5s");
  EXPECT_EQ(text(350'000'000), "350ms");
  EXPECT_EQ(text(1'500'000'000), "1.5s");
  EXPECT_EQ(text(120'000'000'000), "2m0s");
  EXPECT_EQ(text(-3'723'500'000'000), "-1h2m3.5s");
}

}  // namespace
}  // namespace tarn
