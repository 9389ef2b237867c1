#include "rest/contract/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/contract/operation.h"

namespace tarn::rest {
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

TEST(Operations, AreTheContracts134AndOurOwnWithUniqueIds) {
  std::set<std::string_view> ids;
  for (const Operation* operation : AllOperations()) ids.insert(operation->id);
  EXPECT_EQ(AllOperations().size(), 134u + OwnOperations().size());
  EXPECT_EQ(ids.size(), AllOperations().size());
}

TEST(Operations, RowsAreConsistent) {
  for (const Operation* operation : AllOperations()) {
    SCOPED_TRACE(operation->id);
    EXPECT_EQ(operation->access == Access::kPermissions || operation->access == Access::kEachItem,
              operation->permission.kind != auth::Permission::Kind::kNone);
    EXPECT_EQ(operation->body.kind == BodyKind::kStream, operation->stream != nullptr);
    EXPECT_NE(operation->handler != nullptr, operation->stream != nullptr);
    EXPECT_FALSE(operation->handler && operation->stream);
    // A handler that only reads must not be one that is run twice with a body.
    EXPECT_TRUE(!operation->try_inline || operation->body.kind == BodyKind::kNone);
    EXPECT_FALSE(operation->summary.empty());
  }
}

}  // namespace
}  // namespace tarn::rest
