// Operations under policies: each asks for what the reference asks for, before it does anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/testing/recorded_permissions.h"
#include "codec/json.h"
#include "rest/contract/operation.h"
#include "rest/testing/api_fixture.h"

namespace tarn::rest {
namespace {

using auth::testing::Rule;
using testing::Answered;
using testing::ApiTest;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<auth::Policy> kEverything = {Rule("allow", {"*"}, "*")};

class PermissionTest : public ApiTest {
 protected:
  PermissionTest() : ApiTest(Rights::kPolicies) { policies_.Give(kEverything); }

  Answered SendRecorded(const auth::testing::RecordedRequest& recorded) {
    testing::Sent sent{.method = recorded.method,
                       .target = recorded.target,
                       .headers = recorded.headers,
                       .body = recorded.body};
    if (recorded.is_json) sent.headers.emplace_back("Content-Type", "application/json");
    return Send(std::move(sent));
  }
  Answered SendWith(std::vector<auth::Policy> policies,
                    const auth::testing::RecordedRequest& recorded) {
    policies_.Give(std::move(policies));
    Answered answered = SendRecorded(recorded);
    policies_.Give(kEverything);
    return answered;
  }
  std::string ValueAt(const Answered& answered, std::string_view name) {
    const auto json = versioning::testing::Must(ParseJson(answered.body));
    return std::string(json.StringAt(name).value_or(""));
  }
  /// A repository with some history; the variables of the recorded cases.
  std::map<std::string, std::string> Prepare() {
    std::map<std::string, std::string> variables = {
        {"uid", "u"}, {"repo", "repo"}, {"ns", "mem://bucket"}, {"address", "mem://bucket/repo/x"}};
    EXPECT_EQ(Upload("a.txt", "x").status, 201);
    EXPECT_EQ(Upload("dir/b.txt", "x").status, 201);
    const Answered commit = Json("POST", kRepo + "/branches/main/commits", R"({"message":"one"})");
    variables["commit"] = ValueAt(commit, "id");
    variables["metarange"] = ValueAt(commit, "meta_range_id");
    for (const char* branch : {"dev", "work"}) {
      const std::string body = std::string(R"({"source":"main","name":")") + branch + "\"}";
      EXPECT_EQ(Json("POST", kRepo + "/branches", body).status, 201);
    }
    EXPECT_EQ(
        Send({.method = "POST", .target = kRepo + "/branches/dev/objects?path=c.txt", .body = "x"})
            .status,
        201);
    EXPECT_EQ(Json("POST", kRepo + "/branches/dev/commits", R"({"message":"two"})").status, 201);
    EXPECT_EQ(Json("POST", kRepo + "/tags", R"({"id":"v1","ref":"main"})").status, 201);
    const Answered pull =
        Json("POST", kRepo + "/pulls",
             R"({"title":"t","source_branch":"dev","destination_branch":"main"})");
    variables["pull"] = ValueAt(pull, "id");
    return variables;
  }
};

TEST_F(PermissionTest, EachOperationAsksForWhatTheReferenceAsksFor) {
  const auto cases = auth::testing::ReadPermissionCases("rest", Prepare());
  if (!cases) GTEST_SKIP() << "no recorded permissions";
  EXPECT_GE(cases->size(), 120U);
  for (const auto& tried : *cases) {
    SCOPED_TRACE(tried.id);
    for (const auto& request : tried.prepare) SendRecorded(request);
    for (const auto& trial : auth::testing::TrialsOf(tried)) {
      SCOPED_TRACE(trial.what);
      const Answered answered = SendWith(trial.policies, tried.request);
      if (trial.refusal.empty()) {
        EXPECT_NE(answered.status, 401);
        EXPECT_NE(answered.status, 500);  // no recorded answer is one
      } else {
        EXPECT_EQ(answered.status, 401);
        EXPECT_EQ(ValueAt(answered, "message"), "insufficient permissions: " + trial.refusal);
      }
    }
  }
}

TEST_F(PermissionTest, RefusedWritesTakeNoBody) {
  policies_.Give({Rule("allow", {"fs:Read*"}, "*")});
  const Answered refused = Upload("a.txt", "x");
  EXPECT_EQ(refused.status, 401);
  EXPECT_TRUE(refused.refused_early);
  policies_.Give(kEverything);
  EXPECT_EQ(Get(kRepo + "/refs/main/objects/stat?path=a.txt").status, 404);
}

TEST_F(PermissionTest, ABatchOfDeletesAnswersForEachPath) {
  for (const char* path : {"mine", "theirs"}) EXPECT_EQ(Upload(path, "x").status, 201);
  policies_.Give(
      {Rule("allow", {"fs:DeleteObject"}, "arn:lakefs:fs:::repository/repo/object/mine")});
  const Answered deleted = Json("POST", kObjects + "/delete", R"({"paths":["theirs","mine"]})");
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.body,
            "{\"errors\":[{\"message\":\"insufficient permissions: not allowed to "
            "fs:DeleteObject\",\"path\":\"theirs\",\"status_code\":401}]}\n");
  policies_.Give(kEverything);
  EXPECT_EQ(Get(kRepo + "/refs/main/objects/stat?path=mine").status, 404);
  EXPECT_EQ(Get(kRepo + "/refs/main/objects/stat?path=theirs").status, 200);
  EXPECT_EQ(Json("POST", kObjects + "/delete", R"({"paths":["theirs"]})").body,
            "{\"errors\":[]}\n");
  EXPECT_EQ(Get(kRepo + "/refs/main/objects/stat?path=theirs").status, 404);
}

TEST_F(PermissionTest, ListsShowWhatMayBeSeen) {
  for (const char* name : {"aaa", "bbb", "ccc"}) {
    const std::string id = name;
    EXPECT_EQ(Json("POST", "/api/v1/repositories",
                   R"({"name":")" + id + R"(","storage_namespace":"mem://bucket/)" + id + "\"}")
                  .status,
              201);
  }
  policies_.Give({Rule("allow", {"fs:List*"}, "*"),
                  Rule("deny", {"fs:ListRepositories"}, "arn:lakefs:fs:::repository/b*")});
  const Answered page = Get("/api/v1/repositories?amount=1&after=aaa");
  EXPECT_THAT(page.body, HasSubstr("\"id\":\"ccc\""));
  EXPECT_THAT(page.body,
              HasSubstr("\"has_more\":true,\"max_per_page\":1000,\"next_offset\":\"ccc\""));
  const Answered rest = Get("/api/v1/repositories?after=ccc");
  EXPECT_THAT(rest.body, HasSubstr("\"has_more\":false"));
  EXPECT_THAT(rest.body, HasSubstr("\"id\":\"repo\""));
  EXPECT_THAT(Get("/api/v1/repositories").body, Not(HasSubstr("\"bbb\"")));

  policies_.Give({Rule("allow", {"fs:Read*"}, "*")});
  const Answered refused = Get("/api/v1/repositories");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.body, "{\"message\":\"insufficient permissions\"}\n");
}

TEST_F(PermissionTest, AnOutageIsAFailureOfTheServer) {
  policies_.Break({Code::kIo, "the store is away"});
  EXPECT_EQ(Get(kRepo).status, 500);
  EXPECT_EQ(Get("/api/v1/repositories").status, 500);
  EXPECT_EQ(Json("POST", kObjects + "/delete", R"({"paths":["a"]})").status, 500);
}

TEST_F(PermissionTest, ConditionsKnowTheAddressOfTheClient) {
  auth::Policy office = Rule("allow", {"fs:ReadRepository"}, "*");
  office.statements[0].conditions["IpAddress"]["SourceIp"] = {"10.0.0.0/8"};
  policies_.Give({office});
  const auto from = [&](const char* address) {
    return Send({.target = kRepo, .headers = {{"X-Forwarded-For", address}}}).status;
  };
  EXPECT_EQ(from("10.1.2.3, 192.0.2.1"), 200);
  EXPECT_EQ(from("192.0.2.1, 10.1.2.3"), 401);
}

// Who merges a pull request needs the right on its destination, so it is looked up first.
TEST_F(PermissionTest, AMissingPullRequestIsMissingForEverybody) {
  policies_.Give({});
  EXPECT_EQ(Send({.method = "PUT", .target = kRepo + "/pulls/cn2q5gs0000000000000/merge"}).status,
            404);
  EXPECT_EQ(Send({.method = "PUT", .target = kRepo + "/pulls/a-b/merge"}).status, 400);
}

}  // namespace
}  // namespace tarn::rest
