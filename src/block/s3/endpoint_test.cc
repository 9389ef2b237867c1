#include "block/s3/endpoint.h"

#include <gtest/gtest.h>

namespace tarn::block::s3 {
namespace {

/// "server host path".
std::string Of(const EndpointOptions& options, std::string_view region, std::string_view bucket) {
  const auto endpoint = EndpointOf(options, region, bucket);
  if (!endpoint.ok()) return endpoint.status().ToString();
  return endpoint->server + " " + endpoint->host + " " + endpoint->path;
}

TEST(Endpoint, NamesTheBucketInTheHost) {
  EXPECT_EQ(Of({}, "eu-west-1", "lake"),
            "https://lake.s3.eu-west-1.amazonaws.com lake.s3.eu-west-1.amazonaws.com ");
  EXPECT_EQ(Of({}, "cn-north-1", "lake"),
            "https://lake.s3.cn-north-1.amazonaws.com.cn lake.s3.cn-north-1.amazonaws.com.cn ");
  EXPECT_EQ(Of({"http://store:9000/", false}, "x", "a.lake"),
            "http://a.lake.store:9000 a.lake.store:9000 ");
}

TEST(Endpoint, NamesTheBucketInThePath) {
  const std::string tls = "https://s3.x.amazonaws.com s3.x.amazonaws.com /";
  EXPECT_EQ(Of({"", true}, "x", "lake"), tls + "lake");
  for (const std::string bucket : {"a.lake", "Lake", "la", "a_b"}) {
    EXPECT_EQ(Of({}, "x", bucket), tls + bucket);
  }
  EXPECT_EQ(Of({"http://127.0.0.1:9000", false}, "x", "lake"),
            "http://127.0.0.1:9000 127.0.0.1:9000 /lake");
  EXPECT_EQ(Of({"http://[::1]:9000", false}, "x", "lake"), "http://[::1]:9000 [::1]:9000 /lake");
  EXPECT_EQ(Of({"https://store/base/", true}, "x", "lake"), "https://store store /base/lake");
  for (const std::string bucket : {".ab", "ab.", "a..b"}) {
    EXPECT_EQ(Of({"http://store", false}, "x", bucket), "http://store store /" + bucket);
  }
}

TEST(Endpoint, OriginsOfAllBuckets) {
  using Origins = std::vector<std::string>;
  EXPECT_EQ(OriginsOf({}, "eu-west-1"), (Origins{"https://s3.eu-west-1.amazonaws.com",
                                                 "https://*.s3.eu-west-1.amazonaws.com"}));
  EXPECT_EQ(OriginsOf({"http://store:9000/base", true}, "x"), Origins{"http://store:9000"});
  EXPECT_EQ(OriginsOf({"http://127.0.0.1:9000", false}, "x"), Origins{"http://127.0.0.1:9000"});
  EXPECT_EQ(OriginsOf({"store", false}, "x"), Origins{});
}

TEST(Endpoint, OtherUrlsAreRefused) {
  for (const std::string url : {"store:9000", "ftp://store", "http://", "/x", "::"}) {
    EXPECT_EQ(EndpointOf({url, false}, "x", "lake").code(), Code::kInvalidValue) << url;
  }
}

}  // namespace
}  // namespace tarn::block::s3
