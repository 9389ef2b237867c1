#include "s3gw/documents/xml_time.h"

#include <gtest/gtest.h>

namespace tarn::s3gw {
namespace {

TEST(XmlTime, HasMilliseconds) {
  EXPECT_EQ(FormatXmlTime({0, 0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatXmlTime({1136214245, 999'999'999}), "2006-01-02T15:04:05.999Z");
  EXPECT_EQ(FormatXmlTime({951868799, 1'000'000}), "2000-02-29T23:59:59.001Z");
  EXPECT_EQ(FormatXmlTime({-1, 0}), "1969-12-31T23:59:59.000Z");
}

}  // namespace
}  // namespace tarn::s3gw
