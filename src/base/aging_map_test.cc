#include "base/aging_map.h"

#include <gtest/gtest.h>

namespace tarn {
namespace {

TEST(AgingMapTest, ForgetsWhatIsNotAskedFor) {
  AgingMap<int, int> map(10);
  for (int i = 0; i < 5; ++i) map.Insert(i, 10 * i);
  map.Insert(0, 7);            // The first five are old now; this one is new, among the young.
  EXPECT_EQ(map.Find(1), 10);  // Young again.
  for (int i = 10; i < 13; ++i) map.Insert(i, i);
  EXPECT_EQ(map.Find(2), 20);
  for (int i = 13; i < 17; ++i) map.Insert(i, i);
  EXPECT_EQ(map.Find(4), std::nullopt);
  EXPECT_EQ(map.Find(16), 16);
}

TEST(AgingMapTest, KeepsWhatItKnows) {
  AgingMap<int, int> map(10);
  map.Insert(1, 1);
  map.Insert(1, 2);
  EXPECT_EQ(map.Find(1), 1);
  EXPECT_EQ(map.Find(2), std::nullopt);
}

TEST(AgingMapTest, IsBounded) {
  AgingMap<int, int> map(100);
  for (int i = 0; i < 1000; ++i) map.Insert(i, i);
  int kept = 0;
  for (int i = 0; i < 1000; ++i) kept += map.Find(i).has_value() ? 1 : 0;
  EXPECT_LE(kept, 101);
  EXPECT_GE(kept, 50);
}

}  // namespace
}  // namespace tarn
