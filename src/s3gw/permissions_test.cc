// What S3 operations ask for, and that they ask before they do anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/testing/recorded_permissions.h"
#include "refs/names.h"
#include "s3gw/operations/operation.h"
#include "s3gw/testing/gateway_fixture.h"

namespace tarn::s3gw {
namespace {

using auth::testing::RecordedOperation;
using auth::testing::RecordedRequest;
using auth::testing::Rule;
using testing::Answered;
using testing::GatewayTest;
using ::testing::HasSubstr;
using testing::Head;
using ::testing::Not;

const Operation& RowOf(const std::string& name, const RecordedOperation& recorded) {
  RecordedRequest request{.method = recorded.method,
                          .target = recorded.path,
                          .body = {},
                          .headers = {{"Host", "localhost"}}};
  for (const char* part : {"{repository}", "{ref}", "{key}"}) {
    const size_t at = request.target.find(part);
    if (at != std::string::npos) request.target.replace(at, std::string(part).size(), "x");
  }
  if (name.find("Copy") != std::string::npos)
    request.headers.emplace_back("x-amz-copy-source", "/a/b/c");
  const Head made(request);
  return FindOperation(made.head, ReadTarget(made.head, {}).level(), Query(made.head.query));
}

TEST(PermissionTable, IsThatOfTheReference) {
  const auto recorded = auth::testing::ReadRecordedOperations("s3");
  if (!recorded) GTEST_SKIP() << "no recorded permissions";
  EXPECT_GE(recorded->size(), 21U);
  for (const auto& [name, operation] : *recorded) {
    if (operation.method == "*") continue;  // What comes before an operation is known.
    SCOPED_TRACE(name);
    const Operation& row = RowOf(name, operation);
    EXPECT_NE(&row, &NotFoundOperation());
    EXPECT_EQ(row.asks_each_item, operation.check == "listing" || operation.check == "each key");
    if (operation.check == "listing") continue;  // Its record is prose.
    EXPECT_EQ(auth::testing::Describe(row.kind->branches_permission) +
                  auth::testing::Describe(row.kind->permission),
              operation.permission);
  }
}

TEST(PermissionTable, OnlyRefusalsAskForNothing) {
  for (const Operation& row : Operations()) {
    const bool asks = row.kind->permission.kind != auth::Permission::Kind::kNone;
    EXPECT_TRUE(asks || row.refuses_all) << row.kind->id << " " << row.kind->method;
  }
}

const std::vector<auth::Policy> kEverything = {Rule("allow", {"*"}, "*")};

class PermissionTest : public GatewayTest {
 protected:
  PermissionTest() : GatewayTest(Rights::kPolicies) {}

  Answered SendWith(std::vector<auth::Policy> policies, const RecordedRequest& request) {
    policies_.Give(std::move(policies));
    return Send(request);
  }
  Answered Put(const std::string& key) {
    return SendWith(kEverything, {.method = "PUT", .target = "/repo/main/" + key, .body = "x"});
  }
};

TEST_F(PermissionTest, EachOperationAsksForWhatTheReferenceAsksFor) {
  const auto cases = auth::testing::ReadPermissionCases("s3", {{"uid", "u"}, {"repo", "repo"}});
  if (!cases) GTEST_SKIP() << "no recorded permissions";
  EXPECT_GE(cases->size(), 22U);
  for (const char* key : {"a.txt", "dir/b.txt"}) EXPECT_EQ(Put(key).status, 200);
  for (const auto& tried : *cases) {
    SCOPED_TRACE(tried.id);
    for (const auto& request : tried.prepare) SendWith(kEverything, request);
    for (const auto& trial : auth::testing::TrialsOf(tried)) {
      SCOPED_TRACE(trial.what);
      const Answered answered = SendWith(trial.policies, tried.request);
      if (trial.refusal.empty()) {
        EXPECT_NE(answered.status, 403);
        EXPECT_NE(answered.status, 500);  // no recorded answer is one
      } else {
        EXPECT_EQ(answered.status, 403);
        EXPECT_THAT(answered.body, HasSubstr("<Code>AccessDenied</Code>"));
      }
    }
  }
}

TEST_F(PermissionTest, ABatchOfDeletesAnswersForEachKey) {
  for (const char* key : {"mine", "theirs"}) EXPECT_EQ(Put(key).status, 200);
  const Answered deleted =
      SendWith({Rule("allow", {"fs:DeleteObject"}, "arn:lakefs:fs:::repository/repo/object/mine")},
               {.method = "POST",
                .target = "/repo?delete",
                .body = "<Delete><Object><Key>main/theirs</Key></Object>"
                        "<Object><Key>main/mine</Key></Object></Delete>"});
  EXPECT_EQ(deleted.status, 200);
  EXPECT_THAT(deleted.body, HasSubstr("<Deleted><Key>main/mine</Key></Deleted>"));
  EXPECT_THAT(deleted.body, HasSubstr("<Error><Code>AccessDenied</Code><Key>main/theirs</Key>"
                                      "<Message>Access Denied</Message></Error>"));
  policies_.Give(kEverything);
  EXPECT_EQ(Send({.method = "HEAD", .target = "/repo/main/mine"}).status, 404);
  EXPECT_EQ(Send({.method = "HEAD", .target = "/repo/main/theirs"}).status, 200);
}

TEST_F(PermissionTest, WhoIsDeniedIsNotToldThatAKeyIsTooLong) {
  const std::string key(refs::kPathBytesMax + 1, 'k');
  const RecordedRequest deletion{
      .method = "POST",
      .target = "/repo?delete",
      .body = "<Delete><Object><Key>main/" + key + "</Key></Object></Delete>"};
  const Answered denied = SendWith({}, deletion);
  EXPECT_EQ(denied.status, 200);
  EXPECT_THAT(denied.body, HasSubstr("<Error><Code>AccessDenied</Code>"));
  EXPECT_THAT(denied.body, HasSubstr("<Message>Access Denied</Message>"));
  EXPECT_THAT(SendWith(kEverything, deletion).body, HasSubstr("<Code>KeyTooLongError</Code>"));
}

TEST_F(PermissionTest, BucketsAreThoseThatMayBeSeen) {
  const RecordedRequest list{.method = "GET", .target = "/"};
  EXPECT_THAT(SendWith({Rule("allow", {"fs:*"}, "*")}, list).body, HasSubstr("<Name>repo</Name>"));
  EXPECT_THAT(SendWith({Rule("allow", {"fs:*"}, "arn:lakefs:fs:::repository/other")}, list).body,
              Not(HasSubstr("<Name>")));
  EXPECT_EQ(SendWith({Rule("allow", {"fs:Read*"}, "*")}, list).status, 403);
}

TEST_F(PermissionTest, AnOutageIsAFailureOfTheServer) {
  policies_.Break({Code::kIo, "the store is away"});
  EXPECT_EQ(Send({.method = "HEAD", .target = "/repo"}).status, 500);
  EXPECT_EQ(Send({.method = "HEAD", .target = "/missing"}).status, 500);
  EXPECT_EQ(Send({.method = "GET", .target = "/"}).status, 500);
}

// Neither what may be deleted nor what has conditions goes before all is decided.
TEST_F(PermissionTest, AnOutageAmongDeletesIsAFailureOfTheServer) {
  for (const char* key : {"a", "b"}) EXPECT_EQ(Put(key).status, 200);
  const RecordedRequest deletion{.method = "POST",
                                 .target = "/repo?delete",
                                 .body =
                                     "<Delete><Object><Key>main/a</Key><Size>1</Size></Object>"
                                     "<Object><Key>main/b</Key></Object></Delete>"};
  policies_.Give(kEverything);
  for (const int good_lookups : {0, 1}) {
    policies_.Break({Code::kIo, "the store is away"}, good_lookups);
    const Answered failed = Send(deletion);
    EXPECT_EQ(failed.status, 500);
    EXPECT_THAT(failed.body, HasSubstr("<Code>InternalError</Code>"));
    EXPECT_THAT(failed.body, Not(HasSubstr("the store is away")));
  }
  policies_.Break({});
  EXPECT_EQ(Send({.method = "HEAD", .target = "/repo/main/a"}).status, 200);
  EXPECT_EQ(Send({.method = "HEAD", .target = "/repo/main/b"}).status, 200);
  EXPECT_THAT(Send(deletion).body, Not(HasSubstr("<Error>")));
}

}  // namespace
}  // namespace tarn::s3gw
