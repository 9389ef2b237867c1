#include "serving/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tarn::serving {
namespace {

using ::testing::ElementsAre;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router_.Add("GET", "/things", 0);
    router_.Add("GET", "/things/{thing}", 1);
    router_.Add("PUT", "/things/dump", 2);
    router_.Add("GET", "/things/{thing}/parts/{part}", 3);
    router_.Add("POST", "/things/{thing}", 4);
  }
  int Route(std::string_view method, std::string_view path) {
    return router_.Find(method, path).route;
  }
  Router router_;
};

TEST_F(RouterTest, FindsByMethodAndPath) {
  EXPECT_EQ(Route("GET", "/things"), 0);
  EXPECT_EQ(Route("GET", "/things/a"), 1);
  EXPECT_EQ(Route("POST", "/things/a"), 4);
  EXPECT_EQ(Route("DELETE", "/things/a"), -1);
  EXPECT_EQ(Route("HEAD", "/things"), -1);
}

TEST_F(RouterTest, GivesParameterSegmentsAsSent) {
  const RouteMatch match = router_.Find("GET", "/things/a%2Fb/parts/c+d");
  EXPECT_EQ(match.route, 3);
  EXPECT_THAT(match.segments.view(), ElementsAre("a%2Fb", "c+d"));
}

TEST_F(RouterTest, FixedSegmentsComeFirstAndAreLeftWhenTheMethodIsMissing) {
  EXPECT_EQ(Route("PUT", "/things/dump"), 2);
  EXPECT_EQ(Route("GET", "/things/dump"), 1);
  EXPECT_EQ(Route("GET", "/things/dump/parts/x"), 3);
  EXPECT_THAT(router_.Find("GET", "/things/dump/parts/x").segments.view(),
              ElementsAre("dump", "x"));
}

TEST_F(RouterTest, EmptySegmentsMatchParametersInTheMiddleOnly) {
  EXPECT_EQ(Route("GET", "/things//parts/x"), 3);
  EXPECT_EQ(Route("GET", "/things/"), -1);
  EXPECT_EQ(Route("GET", "/things/a/"), -1);
  EXPECT_EQ(Route("GET", "/things/a/parts/"), -1);
  EXPECT_EQ(Route("GET", "/things//"), -1);
}

TEST_F(RouterTest, OddPathsMatchNothing) {
  for (const std::string_view path : {"", "/", "//", "things", "/thing", "/things/a/parts",
                                      "/things/a/parts/b/c", "/%74hings", "/things/a//parts/b"})
    EXPECT_EQ(Route("GET", path), -1) << path;
  EXPECT_EQ(Route("GET", std::string(100'000, '/')), -1);
}

}  // namespace
}  // namespace tarn::serving
