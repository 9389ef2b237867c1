// How often uploads look at records that no cache may answer for: each read waits for a remote
// store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "s3gw/testing/gateway_fixture.h"

namespace tarn::s3gw {
namespace {

using testing::Answered;
using testing::GatewayTest;

class UploadReadsTest : public GatewayTest {
 protected:
  std::string UploadId() {
    const Answered started =
        Send({.method = "POST", .target = "/repo/main/parts?uploads", .body = {}});
    constexpr std::string_view kTag = "<UploadId>";
    const size_t at = started.body.find(kTag) + kTag.size();
    return started.body.substr(at, started.body.find('<', at) - at);
  }
  /// Reads of records whose keys begin so, of one request that must succeed.
  int ReadsOf(const std::string& prefix, const auth::testing::RecordedRequest& request) {
    world_.kv->CountReads(prefix);
    EXPECT_EQ(Send(request).status, 200) << request.target;
    return world_.kv->reads();
  }
  static auth::testing::RecordedRequest Put(const std::string& target) {
    return {.method = "PUT", .target = target, .body = "x"};
  }
};

// Once before the body is taken; once to know where to write; once to know that it was the place.
TEST_F(UploadReadsTest, OfTheBranch) {
  EXPECT_EQ(ReadsOf("branches/", Put("/repo/main/a")), 3);
  auth::testing::RecordedRequest copy{
      .method = "PUT", .target = "/repo/main/b", .body = {}, .headers = {}};
  copy.headers.emplace_back("x-amz-copy-source", "/repo/main/a");
  // One more for the ref of the source.
  EXPECT_EQ(ReadsOf("branches/", copy), 4);
}

TEST_F(UploadReadsTest, OfUploadsInParts) {
  const std::string target = "/repo/main/parts?uploadId=" + UploadId();
  const std::string branches = "branches/", uploads = "tarn-uploads/";
  EXPECT_EQ(ReadsOf(branches, Put(target + "&partNumber=1")), 1);
  // Once by its name, once before a part is recorded, once to know that the upload still runs.
  EXPECT_EQ(ReadsOf(uploads, Put(target + "&partNumber=2")), 3);
  const auth::testing::RecordedRequest complete{
      .method = "POST",
      .target = target,
      .body =
          "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
          "<ETag>9dd4e461268c8034f5c8564e155c67a6</ETag></Part></CompleteMultipartUpload>"};
  EXPECT_EQ(ReadsOf(branches, complete), 3);
}

}  // namespace
}  // namespace tarn::s3gw
