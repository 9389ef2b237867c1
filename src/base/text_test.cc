#include "base/text.h"

#include <gtest/gtest.h>

namespace tarn {
namespace {

TEST(Trim, TakesBlanksFromTheEndsOnly) {
  EXPECT_EQ(Trim("", " \t"), "");
  EXPECT_EQ(Trim(" \t ", " \t"), "");
  EXPECT_EQ(Trim("a", " \t"), "a");
  EXPECT_EQ(Trim("\t a \t b ", " \t"), "a \t b");
  EXPECT_EQ(Trim(" \na\n ", " "), "\na\n");
  EXPECT_EQ(Trim(" a ", ""), " a ");
}

}  // namespace
}  // namespace tarn
