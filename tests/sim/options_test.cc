#include "options.h"

#include <gtest/gtest.h>

namespace tarn::sim {
namespace {

TEST(Case, IsReadAsItWasWritten) {
  for (const char* text :
       {"1", "18446744073709551615", "17:schedule=3:servers=1:janitors=0", "2:off=lost,power cut",
        "3:steer=put if absent/object write/died before", "3:steer=put/*/*",
        "4:operations=2.7,3.0:troubles=0,4", "5:operations=:troubles="}) {
    const auto options = ParseCase(text);
    ASSERT_TRUE(options.ok()) << text;
    EXPECT_EQ(CaseText(*options), text);
  }
}

TEST(Case, OtherTextsAreNone) {
  for (const char* text :
       {"", "x", "1:", "1:servers", "1:servers=two", "1:off=rain", "1:steer=put",
        "1:steer=put/kv/lost", "1:operations=3", "1:troubles=1,,2", "1:color=2"}) {
    EXPECT_EQ(ParseCase(text).code(), Code::kInvalidValue) << text;
  }
}

}  // namespace
}  // namespace tarn::sim
