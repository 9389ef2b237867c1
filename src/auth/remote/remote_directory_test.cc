// What an authorization server is asked, and that no answer of it, however odd, is taken for more
// than it says.
#include "auth/remote/remote_directory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

#include "base/blocking.h"
#include "fmt/format.h"
#include "http/testing/scripted_server.h"

namespace tarn::auth {
namespace {

class TestClock : public Clock {
 public:
  Timestamp Now() override { return {ms / 1000, 0}; }
  int64_t MonotonicMs() override { return ms; }
  std::atomic<int64_t> ms = 1'700'000'000'000;
};

http::Response Document(std::string text, int status = 200,
                        std::string_view type = "application/json") {
  http::Response response;
  response.status = status;
  response.Add("Content-Type", type);
  response.body = std::move(text);
  return response;
}

constexpr std::string_view kBob = R"({"username":"bob","creation_date":1700000000,"more":[1]})";
constexpr std::string_view kUserPath = "/auth/users/bob", kKeyPath = "/auth/credentials/AKIA",
                           kPoliciesPath = "/auth/users/bob/policies";
constexpr std::string_view kAllow = R"({"effect":"allow","action":["fs:*"],"resource":"*"})";

class RemoteDirectoryTest : public ::testing::Test {
 protected:
  using Answers = std::map<std::string, std::function<http::Response(const http::Asked&)>>;

  std::unique_ptr<RemoteDirectory> Directory(Answers answers, int64_t cache_ms = 0) {
    std::vector<std::string> paths;
    for (const auto& [path, answer] : answers) paths.push_back(path);
    directories_server_ = std::make_unique<http::ScriptedServer>(
        paths, [answers = std::move(answers)](const http::Asked& asked) {
          return answers.at(asked.path)(asked);
        });
    return std::make_unique<RemoteDirectory>(
        RemoteOptions{
            .endpoint = directories_server_->url(), .cache_ms = cache_ms, .cache_jitter_ms = 0},
        "token", clock_, SystemRandom());
  }
  std::unique_ptr<RemoteDirectory> Saying(std::string_view path, http::Response answer,
                                          int64_t cache_ms = 0) {
    auto shared = std::make_shared<http::Response>(std::move(answer));
    return Directory({{std::string(path),
                       [shared](const http::Asked&) {
                         return Document(std::get<std::string>(shared->body), shared->status,
                                         TypeOf(*shared));
                       }}},
                     cache_ms);
  }
  std::vector<http::Asked> asked() { return directories_server_->asked(); }

  TestClock clock_;
  const User bob_{"bob", {1'700'000'000, 0}, "", "", "", ""};

 private:
  static std::string TypeOf(const http::Response& response) {
    const size_t begin = response.headers.find(": ") + 2;
    return response.headers.substr(begin, response.headers.find('\r') - begin);
  }
  std::unique_ptr<http::ScriptedServer> directories_server_;
};

TEST_F(RemoteDirectoryTest, AUserWhoMakesNoSenseIsNobodyAndNoAbsence) {
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  const std::string many = "{\"username\":\"bob\",\"x\":[" + std::string(1 << 20, '0') + "]}";
  std::string values = "{\"username\":\"bob\",\"x\":[0";
  for (int i = 0; i < 1 << 18; ++i) values += ",0";
  for (const std::string& body :
       {std::string(),
        std::string("<html>"),
        std::string("{"),
        std::string("[]"),
        std::string("null"),
        std::string("\"bob\""),
        std::string("{}"),
        deep,
        many,
        values + "]}",
        std::string(R"({"username":5})"),
        std::string(R"({"username":""})"),
        std::string(R"({"username":["bob"]})"),
        std::string(R"({"username":"alice"})"),
        std::string(R"({"username":"bob","creation_date":"now"})"),
        std::string(R"({"username":"bob","creation_date":1.5})"),
        std::string(R"({"username":"bob","creation_date":9223372036854775807})"),
        std::string(R"({"username":"bob","email":{}})"),
        std::string(R"({"username":"bob","external_id":7})"),
        std::string(R"({"username":"bob"} and more)").substr(0, 10)}) {
    const auto found = Saying(kUserPath, Document(body))->FindUser("bob");
    EXPECT_EQ(found.code(), Code::kIo) << body.substr(0, 60);
  }
  EXPECT_EQ(
      Saying(kUserPath, Document(std::string(kBob), 200, "text/html"))->FindUser("bob").code(),
      Code::kIo);
}

TEST_F(RemoteDirectoryTest, AnAnswerIsReadUpToALimit) {
  std::string huge = std::string(AuthorizationClient::kAnswerBytesMax, ' ');
  huge += kBob;
  const auto found = Saying(kUserPath, Document(huge))->FindUser("bob");
  EXPECT_EQ(found.code(), Code::kIo);
  EXPECT_NE(found.status().message().find("larger than"), std::string::npos);
}

TEST_F(RemoteDirectoryTest, OnlyAbsenceIsAbsence) {
  const std::map<int, Code> codes = {
      {400, Code::kIo}, {401, Code::kIo},       {403, Code::kIo},
      {409, Code::kIo}, {418, Code::kIo},       {500, Code::kSlowDown},
      {501, Code::kIo}, {502, Code::kSlowDown}, {503, Code::kSlowDown},
      {201, Code::kIo}, {504, Code::kSlowDown}, {302, Code::kIo}};
  for (const auto& [status, code] : codes) {
    const std::string body(kBob);
    EXPECT_EQ(Saying(kUserPath, Document(body, status))->FindUser("bob").code(), code) << status;
    EXPECT_EQ(Saying(kKeyPath, Document(body, status))->FindKey("AKIA").code(), code) << status;
    EXPECT_EQ(Saying(kPoliciesPath, Document(body, status))->PoliciesOf(bob_).code(), code)
        << status;
  }
  const auto nobody = Saying(kUserPath, Document("x", 404))->FindUser("bob");
  EXPECT_TRUE(nobody.ok() && !*nobody);
  const auto no_key = Saying(kKeyPath, Document("x", 404))->FindKey("AKIA");
  EXPECT_TRUE(no_key.ok() && !*no_key);
  EXPECT_EQ(Saying(kPoliciesPath, Document("x", 404))->PoliciesOf(bob_).code(), Code::kIo);
}

TEST_F(RemoteDirectoryTest, NoAnswerIsAnOutage) {
  int64_t port = 0;
  {
    http::TestServer gone;
    port = gone.port();
  }
  RemoteDirectory directory({.endpoint = fmt::format("http://127.0.0.1:{}/api", port)}, "token",
                            clock_, SystemRandom());
  EXPECT_EQ(directory.FindUser("bob").code(), Code::kSlowDown);
  EXPECT_EQ(directory.PoliciesOf(bob_).code(), Code::kSlowDown);
  EXPECT_EQ(directory.DeleteUser("bob").code(), Code::kSlowDown);
}

TEST_F(RemoteDirectoryTest, AKeyIsOneWithASecretAndAnOwner) {
  for (const std::string_view body :
       {R"({"access_key_id":"AKIA","secret_access_key":"","user_name":"bob"})",
        R"({"access_key_id":"AKIA","user_name":"bob"})",
        R"({"access_key_id":"AKIA","secret_access_key":["s"],"user_name":"bob"})",
        R"({"access_key_id":"AKIB","secret_access_key":"s","user_name":"bob"})",
        R"({"access_key_id":"AKIA","secret_access_key":"s"})",
        R"({"access_key_id":"AKIA","secret_access_key":"s","user_id":"7"})",
        R"({"access_key_id":"AKIA","secret_access_key":"s","user_id":0})"}) {
    EXPECT_EQ(Saying(kKeyPath, Document(std::string(body)))->FindKey("AKIA").code(), Code::kIo)
        << body;
  }
  const auto by_number = [this](std::string users) {
    return Directory({{std::string(kKeyPath),
                       [](const http::Asked&) {
                         return Document(
                             R"({"access_key_id":"AKIA","secret_access_key":"s","user_id":77})");
                       }},
                      {"/auth/users", [users](const http::Asked&) { return Document(users); }}});
  };
  const auto bobs = by_number(fmt::format(R"({{"results":[{}]}})", kBob))->FindKey("AKIA");
  ASSERT_TRUE(bobs.ok() && *bobs);
  EXPECT_EQ((*bobs)->username, "bob");
  EXPECT_EQ((*bobs)->open_secret, "s");
  const auto nobodys = by_number(R"({"results":[]})")->FindKey("AKIA");
  EXPECT_TRUE(nobodys.ok() && !*nobodys);
  EXPECT_EQ(by_number(fmt::format(R"({{"results":[{},{}]}})", kBob, kBob))->FindKey("AKIA").code(),
            Code::kIo);
}

TEST_F(RemoteDirectoryTest, APolicyThatCannotBeReadIsNoPolicyLess) {
  const auto policies = [this](std::string_view item) {
    return Saying(kPoliciesPath, Document(fmt::format(R"({{"results":[{}]}})", item)))
        ->PoliciesOf(bob_);
  };
  for (const std::string_view item :
       {R"(5)", R"({})", R"({"name":"p","statement":{}})", R"({"name":"p","statement":["x"]})",
        R"({"name":"p","statement":[{"effect":1}]})",
        R"({"name":"p","statement":[{"effect":"deny","action":"fs:*","resource":"*"}]})",
        R"({"name":"p","statement":[{"effect":"deny","action":["fs:*",7],"resource":"*"}]})",
        R"({"name":"p","statement":[{"effect":"deny","action":["fs:*"],"resource":["*"]}]})",
        R"({"name":"p","statement":[{"effect":"deny","action":["a:b"],"resource":"*",)"
        R"("condition":{"IpAddress":{"SourceIp":"10.0.0.1"}}}]})",
        R"({"name":"p","statement":[{"effect":"deny","action":["a:b"],"resource":"*",)"
        R"("condition":{"IpAddress":[]}}]})",
        R"({"name":"p","statement":[{"effect":"deny","action":["a:b"],"resource":"*",)"
        R"("condition":["x"]}]})"}) {
    EXPECT_EQ(policies(item).code(), Code::kIo) << item;
  }
  const auto good = policies(fmt::format(R"({{"name":"p","statement":[{}]}})", kAllow));
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->front().policy.statements.front().actions.front(), "fs:*");
  EXPECT_EQ(Saying(kPoliciesPath, Document(R"({"results":{}})"))->PoliciesOf(bob_).code(),
            Code::kIo);
  EXPECT_EQ(Saying(kPoliciesPath, Document("[]"))->PoliciesOf(bob_).code(), Code::kIo);
}

TEST_F(RemoteDirectoryTest, AListIsFollowedToItsEndIfItHasOne) {
  const auto pages = [](std::function<std::string(const std::string& after)> next) {
    return [next](const http::Asked& asked) {
      const std::string after(asked.query.Get("after"));
      return Document(
          fmt::format(R"({{"pagination":{{"next_offset":"{}"}},"results":[{{"name":"p{}"}}]}})",
                      next(after), after));
    };
  };
  const std::string path(kPoliciesPath);
  auto ends =
      Directory({{path, pages([](const std::string& after) { return after.empty() ? "a" : ""; })}});
  const auto two = ends->PoliciesOf(bob_);
  ASSERT_TRUE(two.ok());
  ASSERT_EQ(two->size(), 2U);
  EXPECT_EQ(two->back().name, "pa");
  EXPECT_EQ(asked().front().query.Get("amount"), "1000");
  EXPECT_EQ(asked().front().query.Get("effective"), "true");
  auto stands = Directory({{path, pages([](const std::string&) { return "a"; })}});
  EXPECT_EQ(stands->PoliciesOf(bob_).code(), Code::kIo);
  EXPECT_EQ(asked().size(), 2U);
  auto goes_on = Directory({{path, pages([](const std::string& after) { return after + "a"; })}});
  EXPECT_EQ(goes_on->PoliciesOf(bob_).code(), Code::kIo);
  EXPECT_LE(asked().size(), 20U);
}

TEST_F(RemoteDirectoryTest, NamesGoIntoPathsEncodedTwice) {
  EXPECT_EQ(RemotePath({"auth", "users", "a b@c+(d)/%"}),
            "/auth/users/a%2520b@c+%2528d%2529%252F%2525");
  EXPECT_EQ(RemotePath({"auth", "users", ".."}), "/auth/users/%252E%252E");
  EXPECT_EQ(RemotePath({"auth", "users", ""}), "");
  const auto nobody = Saying(kUserPath, Document(std::string(kBob)))->FindUser("");
  EXPECT_TRUE(nobody.ok() && !*nobody);
  EXPECT_TRUE(asked().empty());
}

TEST_F(RemoteDirectoryTest, AnotherIdIsAnotherUser) {
  const auto found = [this](std::string_view users, std::string_view id) {
    return Saying("/auth/users", Document(fmt::format(R"({{"results":[{}]}})", users)))
        ->FindUserByExternalId(id);
  };
  const auto known = found(R"({"username":"zoe","external_id":"ext-1"})", "ext-1");
  ASSERT_TRUE(known.ok() && *known);
  EXPECT_EQ((*known)->username, "zoe");
  EXPECT_EQ(asked().front().query.Get("external_id"), "ext-1");
  EXPECT_TRUE(*found(R"({"username":"ext-1"})", "ext-1"));
  // Servers that do not look at the id answer with whoever there is.
  EXPECT_FALSE(*found(R"({"username":"admin","external_id":""})", "ext-1"));
  EXPECT_FALSE(*found(R"({"username":"ext-1","external_id":"ext-2"})", "ext-1"));
  EXPECT_FALSE(*found(R"({"username":"admin","external_id":""})", ""));
  EXPECT_EQ(found(R"({"username":"a"},{"username":"b"})", "a").code(), Code::kIo);
}

TEST_F(RemoteDirectoryTest, WhatIsKnownIsNotAskedForUntilItIsOldOrChanged) {
  auto directory =
      Directory({{std::string(kUserPath),
                  [](const http::Asked& asked) {
                    return asked.method == "GET" ? Document(std::string(kBob)) : Document("", 204);
                  }},
                 {"/auth/users/carol", [](const http::Asked&) { return Document("{}", 404); }}},
                1000);
  const auto asked_after = [&](std::string_view name) {
    EXPECT_TRUE(directory->FindUser(name).ok());
    return asked().size();
  };
  {
    const NoBlockingScope must_not_wait;
    EXPECT_EQ(directory->FindUser("bob").code(), Code::kWouldBlock);
  }
  EXPECT_EQ(asked_after("bob"), 1U);
  {
    const NoBlockingScope must_not_wait;
    EXPECT_EQ(asked_after("bob"), 1U);
  }
  clock_.ms += 1000;
  EXPECT_EQ(asked_after("bob"), 2U);
  EXPECT_TRUE(directory->DeleteUser("bob").ok());
  EXPECT_EQ(asked_after("bob"), 4U);
  EXPECT_EQ(asked_after("carol"), 5U);
  EXPECT_EQ(asked_after("carol"), 6U);
}

TEST_F(RemoteDirectoryTest, ASecretIsInNoFailure) {
  auto directory = Saying("/auth/users/bob/credentials", Document("no", 418));
  const auto failed = directory->IssueKey("bob", Credentials{"AKIA", "the-secret", {}});
  EXPECT_EQ(failed.code(), Code::kIo);
  EXPECT_EQ(failed.status().ToString().find("the-secret"), std::string::npos);
  EXPECT_EQ(asked().front().query.Get("secret_key"), "the-secret");
  EXPECT_EQ(asked().front().Get("Authorization"), "Bearer token");
  EXPECT_EQ(asked().size(), 1U);
}

}  // namespace
}  // namespace tarn::auth
