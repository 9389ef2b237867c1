#include "http/content_disposition.h"

#include <gtest/gtest.h>

namespace tarn::http {
namespace {

TEST(ContentDisposition, IsWrittenAsMimeWantsIt) {
  EXPECT_EQ(AttachmentDisposition("a.csv"), "attachment; filename=a.csv");
  EXPECT_EQ(AttachmentDisposition("a b.csv"), "attachment; filename=\"a b.csv\"");
  EXPECT_EQ(AttachmentDisposition("a\"\\.csv"), "attachment; filename=\"a\\\"\\\\.csv\"");
  EXPECT_EQ(AttachmentDisposition("ä*b c"), "attachment; filename*=utf-8''%C3%A4%2Ab%20c");
  EXPECT_EQ(AttachmentDisposition("a\nb"), "attachment; filename*=utf-8''a%0Ab");
}

}  // namespace
}  // namespace tarn::http
