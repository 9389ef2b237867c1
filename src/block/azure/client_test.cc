#include "block/azure/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/blocking.h"
#include "block/azure/testing/scripted_azure.h"
#include "http/testing/certificate.h"

namespace tarn::block::azure {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Place kPlace{"account", "container", "a b"};
const std::vector<std::string> kPaths = {"/account/container/a%20b"};

std::unique_ptr<Client> ClientFor(const ClientOptions& options) {
  return std::make_unique<Client>(options, std::make_unique<TestTokens>(), SystemClock());
}

TEST(AzureClient, SignsWhatItSends) {
  ScriptedServer server(kPaths, [](const Asked&) { return http::Text("whole"); });
  const auto client = ClientFor(OptionsFor(server.url()));
  for (const std::string_view body : {"bytes", ""}) {
    const auto answer = client->Call({.operation = "Put Block",
                                      .method = "PUT",
                                      .place = kPlace,
                                      .query = {{"blockid", "a+/="}, {"comp", "block"}},
                                      .headers = {{"If-None-Match", "*"}},
                                      .body = body});
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(*answer, "whole");
    const Asked asked = server.asked().back();
    EXPECT_EQ(asked.body, body);
    EXPECT_EQ(asked.query.Get("blockid"), "a+/=");
    EXPECT_EQ(asked.Get("Content-Length"), std::to_string(body.size()));
    EXPECT_EQ(asked.Get("x-ms-version"), "2021-12-02");
    EXPECT_THAT(asked.Get("Authorization"), StartsWith("SharedKey account:"));
  }
}

TEST(AzureClient, TokensAreNotSentInClearText) {
  ScriptedServer server(kPaths, [](const Asked&) { return http::Text(""); });
  const auto client = ClientFor(OptionsFor(server.url()));
  const auto answer = client->Call({.operation = "Get Blob", .place = {"other", "container", "x"}});
  EXPECT_EQ(answer.code(), Code::kForbidden);
  EXPECT_THAT(answer.status().message(), Not(HasSubstr("token1")));
  EXPECT_TRUE(server.asked().empty());
}

/// A server with TLS that answers everything about other accounts by one function.
class TlsServer {
 public:
  using Answerer = std::function<http::Response(const http::RequestHead&, std::string_view)>;

  explicit TlsServer(Answerer answerer) : server_({.tls = certificate_.options()}) {
    for (const std::string path : {"/other/", "/other/container/x"}) {
      server_.Route(path, [answerer] {
        http::Script script;
        script.plan = http::BodyPlan::kBuffered;
        script.body_bytes_max = 1 << 20;
        script.answer = answerer;
        return script;
      });
    }
  }
  ClientOptions options() const {
    ClientOptions options;
    options.test_url = "https://127.0.0.1:" + std::to_string(server_.port()) + "/other";
    options.transport.ca_file = certificate_.certificate_file();
    return options;
  }

 private:
  http::Certificate certificate_;
  http::TestServer server_;
};

constexpr Place kOther{"other", "container", "x"};

TEST(AzureClient, TokensThatAreRefusedAreReplaced) {
  TlsServer server([](const http::RequestHead& head, std::string_view) {
    if (head.Get("Authorization") == "Bearer token2") return http::Text("content");
    return Refusal("InvalidAuthenticationInfo", 401);
  });
  const auto client = ClientFor(server.options());
  const auto refused = client->Call({.operation = "Get Blob", .place = kOther});
  EXPECT_EQ(refused.code(), Code::kIo) << refused.status().ToString();
  EXPECT_THAT(refused.status().message(), Not(HasSubstr("token1")));
  const auto answer = client->Call({.operation = "Get Blob", .place = kOther});
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(*answer, "content");
}

TEST(AzureClient, SignsUrlsWithADelegationKey) {
  int asked = 0;
  TlsServer server([&](const http::RequestHead& head, std::string_view body) {
    EXPECT_EQ(head.query, "restype=service&comp=userdelegationkey");
    EXPECT_EQ(head.Get("Authorization"), "Bearer token1");
    EXPECT_THAT(std::string(body), HasSubstr("<KeyInfo><Start>"));
    ++asked;
    return XmlAnswer(
        "<UserDelegationKey><SignedOid>oid</SignedOid><SignedTid>tid</SignedTid><SignedStart>"
        "2026-01-02T02:04:05Z</SignedStart><SignedExpiry>2999-01-02T04:04:05Z</SignedExpiry>"
        "<SignedService>b</SignedService><SignedVersion>2021-12-02</SignedVersion>"
        "<Value>c2VjcmV0</Value></UserDelegationKey>");
  });
  const auto client = ClientFor(server.options());
  for (int i = 0; i < 2; ++i) {
    const auto made = client->Presign(kOther, "r", "");
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_THAT(made->url, HasSubstr("/other/container/x?se="));
    EXPECT_THAT(made->url, HasSubstr("&ske=2999-01-02T04%3A04%3A05Z&skoid=oid&sks=b&"));
  }
  EXPECT_EQ(asked, 1);
}

TEST(AzureClient, TellsFailuresApart) {
  ScriptedServer server(kPaths, [](const Asked& asked) {
    if (asked.method == "HEAD") return http::Text("", 404);
    return Refusal("ServerBusy", 503);
  });
  const auto client = ClientFor(OptionsFor(server.url()));
  EXPECT_EQ(client->Call({.operation = "x", .method = "HEAD", .place = kPlace}).code(),
            Code::kDataNotFound);
  const auto busy = client->Call({.operation = "Get Blob", .place = kPlace});
  EXPECT_EQ(busy.code(), Code::kSlowDown);
  EXPECT_EQ(busy.status().message(),
            "Azure Get Blob of account/container/a b: status 503 ServerBusy: no.");
  ClientOptions nobody = OptionsFor("http://127.0.0.1:1");
  EXPECT_EQ(ClientFor(nobody)->Call({.operation = "x", .place = kPlace}).code(), Code::kSlowDown);
  NoBlockingScope scope;
  EXPECT_EQ(client->Call({.operation = "x", .place = kPlace}).code(), Code::kWouldBlock);
}

TEST(AzureClient, DoesNotWaitForEver) {
  ScriptedServer server(kPaths, [](const Asked&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3000));
    return http::Text("");
  });
  ClientOptions options = OptionsFor(server.url());
  options.try_timeout_ms = 100;
  const auto late = ClientFor(options)->Call({.operation = "Get Blob", .place = kPlace});
  EXPECT_EQ(late.code(), Code::kSlowDown);
  EXPECT_EQ(late.status().message(), "the object store did not answer in time");
}

TEST(AzureClient, SignsUrlsWithTheKey) {
  const auto client = ClientFor({.key = {"account", "secret"}});
  NoBlockingScope scope;  // nobody has to be asked
  const auto made = client->Presign(kPlace, "r", "attachment; filename=x");
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_THAT(made->url, StartsWith("https://account.blob.core.windows.net/container/a%20b?"
                                    "rscd=attachment%3B+filename%3Dx&se="));
  EXPECT_NEAR(made->expires_seconds, SystemClock().Now().seconds + 900, 5);
}

}  // namespace
}  // namespace tarn::block::azure
