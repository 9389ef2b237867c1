#include "s3gw/target.h"

#include <gtest/gtest.h>

#include <vector>

#include "s3gw/operations/operation.h"

namespace tarn::s3gw {
namespace {

using Level = Target::Level;

const std::vector<std::string> kDomains = {"s3.local.lakefs.io", "other.example.com"};

Target Read(std::string_view host, std::string_view path) {
  http::RequestHead head;
  head.headers.emplace_back("Host", host);
  head.path = path;
  return ReadTarget(head, kDomains);
}

TEST(Target, IsSplitFromThePath) {
  struct Case {
    std::string_view path, repository, ref, rest;
    Level level;
  };
  const Case cases[] = {
      {"/", "", "", "", Level::kService},
      {"//x", "", "x", "", Level::kService},
      {"/repo", "repo", "", "", Level::kBucket},
      {"/repo/", "repo", "", "", Level::kBucket},
      {"/repo//", "repo", "", "", Level::kBucket},
      {"/repo/main", "repo", "main", "", Level::kNothing},
      {"/repo/main/", "repo", "main", "", Level::kRoot},
      {"/repo//x", "repo", "", "x", Level::kNothing},
      {"/repo/main/a", "repo", "main", "a", Level::kObject},
      {"/repo/main//", "repo", "main", "/", Level::kObject},
      {"/repo/main/a//b/../c", "repo", "main", "a//b/../c", Level::kObject},
      {"/repo/main/a%2Fb+c%20d", "repo", "main", "a/b+c d", Level::kObject},
      {"/repo%2Fmain/a", "repo", "main", "a", Level::kObject},
  };
  for (const Case& c : cases) {
    const Target target = Read("127.0.0.1:8000", c.path);
    EXPECT_EQ(target.repository, c.repository) << c.path;
    EXPECT_EQ(target.ref, c.ref) << c.path;
    EXPECT_EQ(target.path, c.rest) << c.path;
    EXPECT_EQ(target.level(), c.level) << c.path;
    EXPECT_FALSE(target.matched_host) << c.path;
  }
}

TEST(Target, TakesTheRepositoryFromTheHost) {
  const Target object = Read("repo.S3.local.lakefs.io:8000", "/main/a/b");
  EXPECT_EQ(object.repository, "repo");
  EXPECT_EQ(object.ref, "main");
  EXPECT_EQ(object.path, "a/b");
  EXPECT_TRUE(object.matched_host);
  EXPECT_EQ(Read("repo.other.example.com", "/").level(), Level::kBucket);
  const Target path_style = Read("other.example.com", "/repo/main/a");
  EXPECT_EQ(path_style.repository, "repo");
  EXPECT_TRUE(path_style.matched_host);
  EXPECT_EQ(Read("xs3.local.lakefs.io", "/repo").repository, "repo")
      << "a name that only ends alike is no domain";
}

TEST(Operations, AreChosenByMethodLevelAndSelector) {
  const auto id_of = [](std::string_view method, Level level, std::string_view query,
                        std::string_view copy_source = {}) {
    http::RequestHead head;
    head.method = method;
    head.headers.emplace_back("x-amz-copy-source", copy_source);
    return FindOperation(head, level, Query(query)).event;
  };
  EXPECT_EQ(id_of("GET", Level::kService, ""), "list_repos");
  EXPECT_EQ(id_of("GET", Level::kBucket, "uploads"), "list_multipart_uploads");
  EXPECT_EQ(id_of("GET", Level::kBucket, "location&uploads"), "get_bucket_location");
  EXPECT_EQ(id_of("GET", Level::kBucket, "list-type=2"), "list_objects");
  EXPECT_EQ(id_of("GET", Level::kObject, "uploadId=x"), "list_mpu_parts");
  EXPECT_EQ(id_of("PUT", Level::kObject, "partNumber=1"), "put_object");
  EXPECT_EQ(id_of("PUT", Level::kObject, "partNumber=1&uploadId="), "put_mpu_part");
  EXPECT_EQ(id_of("PUT", Level::kObject, "tagging", "a/b/c"), "copy_object");
  EXPECT_EQ(id_of("POST", Level::kObject, "uploadId=x&uploads"), "create_mpu");
  EXPECT_EQ(id_of("DELETE", Level::kObject, "uploadId=x"), "abort_mpu");
  for (const Level level : {Level::kService, Level::kNothing}) {
    http::RequestHead head;
    head.method = "PUT";
    EXPECT_EQ(FindOperation(head, level, Query()).kind->id, "not_found");
  }
}

TEST(Operations, EachHasOneHandler) {
  for (const Operation& operation : Operations()) {
    EXPECT_NE(operation.handler == nullptr, operation.stream == nullptr) << operation.kind->id;
    EXPECT_EQ(operation.stream != nullptr, operation.body == BodyKind::kStream)
        << operation.kind->id;
    EXPECT_EQ(operation.body_bytes_max > 0, operation.body == BodyKind::kDocument);
  }
}

}  // namespace
}  // namespace tarn::s3gw
