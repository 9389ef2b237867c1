// Tests of the blocking client against our server.
#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

using testing::HasSubstr;

class ClientTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Route("/echo", [] {
      Script script;
      script.plan = BodyPlan::kBuffered;
      script.body_bytes_max = 10 << 20;
      script.answer = [](const RequestHead& head, std::string_view body) {
        Response response = Text(std::string(body));
        response.Add("X-Method", head.method);
        response.Add("X-Target", head.target);
        response.Add("X-Peer", head.peer);
        response.Add("X-Type", head.Find("Content-Type").value_or("none"));
        response.Add("X-Mine", head.Find("X-Mine").value_or("none"));
        response.Add("X-Agent", head.Get("User-Agent"));
        return response;
      };
      return script;
    });
    server_.Route("/missing", [] {
      Script script;
      script.answer = [](const RequestHead&, std::string_view) { return Text("gone", 404); };
      return script;
    });
  }
  TestServer server_;
};

TEST_F(ClientTest, SendsAndReceives) {
  Client client({.user_agent = "tester/1"});
  const auto answer = client.Do({.method = "POST",
                                 .url = server_.url("/echo?a=%2F..%2F"),
                                 .headers = {{"Content-Type", "application/json"}, {"X-Mine", ""}},
                                 .body = "{}"});
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(answer->Find("x-method"), "POST");
  EXPECT_EQ(answer->Find("X-Target"), "/echo?a=%2F..%2F");
  EXPECT_EQ(answer->Find("X-Type"), "application/json");
  EXPECT_EQ(answer->Find("X-Mine"), "");
  EXPECT_EQ(answer->Find("X-Agent"), "tester/1");
  EXPECT_EQ(answer->Find("absent"), std::nullopt);
}

TEST_F(ClientTest, KeepsItsConnection) {
  Client client;
  const std::string peer(*client.Do({.url = server_.url("/echo")})->Find("X-Peer"));
  for (const char* method : {"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH"}) {
    const auto answer = client.Do({.method = method, .url = server_.url("/echo")});
    ASSERT_TRUE(answer.ok()) << method;
    EXPECT_EQ(answer->Find("X-Peer"), peer) << method;
    EXPECT_EQ(answer->Find("X-Method"), method);
    EXPECT_EQ(answer->Find("X-Type"), "none") << method;
  }
}

TEST_F(ClientTest, DownloadsToASink) {
  Client client;
  std::string got;
  const Client::Sink keep = [&](std::span<const char> piece) {
    got.append(piece.data(), piece.size());
    return Status();
  };
  const std::string body(5'000'000, 'd');
  const auto answer =
      client.Download({.method = "POST", .url = server_.url("/echo"), .body = body}, keep);
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(got == body);
  EXPECT_EQ(answer->body, "");
  got.clear();
  EXPECT_EQ(client.Download({.url = server_.url("/missing")}, keep)->body, "gone");
  EXPECT_EQ(got, "");
  const Client::Sink fail = [](std::span<const char>) { return Status(Code::kNoSpace, "full"); };
  EXPECT_EQ(
      client.Download({.method = "POST", .url = server_.url("/echo"), .body = body}, fail).code(),
      Code::kNoSpace);
}

TEST_F(ClientTest, ExplainsFailures) {
  Client client({.connect_timeout_ms = 1000, .body_bytes_max = 10});
  EXPECT_EQ(
      client.Do({.method = "POST", .url = server_.url("/echo"), .body = "longer than ten"}).code(),
      Code::kTooLarge);
  EXPECT_EQ(client.Do({.url = "gopher://127.0.0.1/"}).code(), Code::kInvalidValue);
  server_.server().Stop();
  const auto refused = client.Do({.url = server_.url("/echo?secret=1")});
  EXPECT_EQ(refused.code(), Code::kIo);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("cannot reach http://127.0.0.1"));
  EXPECT_THAT(std::string(refused.status().message()), testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace tarn::http
