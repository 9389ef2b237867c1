#include "block/azure/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/blocking.h"
#include "block/azure/testing/scripted_azure.h"

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
