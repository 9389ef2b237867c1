#include "codec/png.h"

#include <gtest/gtest.h>

#include "codec/hex.h"

namespace tarn {
namespace {

// As other encoders write it; every viewer shows it.
TEST(Png, KnownBytes) {
  Picture picture(2, 2, {{255, 255, 255}, {0, 0, 255}});
  picture.Fill(1, 1, 5, 5, 1);
  picture.Fill(2, 0, 1, 1, 1);  // outside
  picture.Fill(0, 2, 1, 1, 1);
  EXPECT_EQ(ToHex(picture.Png()),
            "89504e470d0a1a0a0000000d49484452000000020000000208030000004568fd1600000006504c54"
            "45ffffff0000ff78c03cf30000000c49444154789c63600002460000070002789bc3b00000000049"
            "454e44ae426082");
}

}  // namespace
}  // namespace tarn
