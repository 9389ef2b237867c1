#include "serving/usage.h"

#include "versioning/testing/world.h"

namespace tarn::serving {
namespace {

using versioning::testing::Must;

class UsageTest : public ::testing::Test {
 protected:
  std::string Record(const std::string& key) {
    return Must(kv_->Get("usage", key)).value_or("(absent)");
  }
  const std::unique_ptr<kv::Store> kv_ = kv::OpenForTest();
  versioning::testing::ManualClock clock_;
  const std::unique_ptr<Random> random_ = SeededRandom(1);
  UsageCounter usage_{*kv_, clock_, *random_};
};

TEST_F(UsageTest, AddsToTheRecordOfTheMonth) {
  TARN_EXPECT_OK(kv_->Set("usage", "usage/monthly/id/202311", "757"));
  usage_.Count();
  usage_.Count();
  EXPECT_EQ(Record("usage/monthly/id/202311"), "757") << "nothing before a flush";
  TARN_EXPECT_OK(usage_.Flush("id"));
  EXPECT_EQ(Record("usage/monthly/id/202311"), "759");
  TARN_EXPECT_OK(usage_.Flush("id"));
  EXPECT_EQ(Record("usage/monthly/id/202311"), "759") << "counted once";
  clock_.seconds = 1'701'388'800;  // 2023-12-01
  usage_.Count();
  TARN_EXPECT_OK(usage_.Flush("id"));
  EXPECT_EQ(Record("usage/monthly/id/202312"), "1");
  TARN_EXPECT_OK(kv_->Set("usage", "usage/monthly/other/202312", "5"));
  TARN_EXPECT_OK(kv_->Set("usage", "usage/monthly/id/20231", "5"));
  const auto months = Must(usage_.Read("id"));
  ASSERT_EQ(months.size(), 2U);
  EXPECT_EQ(months[0].year * 100 + months[0].month, 202311);
  EXPECT_EQ(months[0].count, 759);
  EXPECT_EQ(months[1].month, 12);
}

TEST_F(UsageTest, WhatCannotBeWrittenIsKept) {
  TARN_EXPECT_OK(kv_->Set("usage", "usage/monthly/id/202311", "many"));
  usage_.Count();
  EXPECT_EQ(usage_.Flush("id").code(), Code::kCorrupt);
  TARN_EXPECT_OK(kv_->Set("usage", "usage/monthly/id/202311", "1"));
  TARN_EXPECT_OK(usage_.Flush("id"));
  EXPECT_EQ(Record("usage/monthly/id/202311"), "2");
}

}  // namespace
}  // namespace tarn::serving
