#include "codec/constant_time.h"

#include <gtest/gtest.h>

#include <string>

namespace tarn {
namespace {

TEST(EqualsInConstantTime, ComparesAllBytes) {
  EXPECT_TRUE(EqualsInConstantTime("", ""));
  EXPECT_TRUE(EqualsInConstantTime("secret", std::string("secret")));
  for (size_t i = 0; i < 6; ++i) {
    std::string other = "secret";
    other[i] = '\0';
    EXPECT_FALSE(EqualsInConstantTime("secret", other)) << i;
  }
  EXPECT_FALSE(EqualsInConstantTime("secret", "secre"));
  EXPECT_FALSE(EqualsInConstantTime("", "s"));
}

}  // namespace
}  // namespace tarn
