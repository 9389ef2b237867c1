#include "http/guarded_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>

#include "http/testing/scripted_server.h"

namespace tarn::http {
namespace {

AddressPolicy Policy(const AddressPolicyOptions& options = {}) {
  auto policy = AddressPolicy::Make(options);
  EXPECT_TRUE(policy.ok()) << policy.status().message();
  return *std::move(policy);
}

bool Allows(const AddressPolicy& policy, const char* text) {
  sockaddr_storage storage = {};
  sockaddr_in v4 = {.sin_family = AF_INET};
  sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    std::memcpy(&storage, &v4, sizeof v4);
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
    std::memcpy(&storage, &v6, sizeof v6);
  }
  return policy.Allows(static_cast<const sockaddr*>(static_cast<const void*>(&storage)));
}

TEST(AddressPolicyTest, WhoMayBeCalled) {
  const AddressPolicy usual = Policy(), strict = Policy({.allow_private = false});
  for (const char* address : {"93.184.216.34", "2606:2800:220::1", "169.253.255.255"}) {
    EXPECT_TRUE(Allows(usual, address)) << address;
    EXPECT_TRUE(Allows(strict, address)) << address;
  }
  for (const char* address : {"127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "::1",
                              "fd00::1", "::ffff:10.0.0.1", "0.0.0.0", "64:ff9b::10.0.0.1"}) {
    EXPECT_TRUE(Allows(usual, address)) << address;
    EXPECT_FALSE(Allows(strict, address)) << address;
  }
  for (const char* address :
       {"169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "fd00:ec2::254", "224.0.0.1",
        "255.255.255.255", "ff02::1", "::ffff:169.254.169.254", "100.100.100.200",
        "64:ff9b::169.254.169.254"}) {
    EXPECT_FALSE(Allows(usual, address)) << address;
  }
}

TEST(AddressPolicyTest, WhatIsAllowedByName) {
  const AddressPolicy policy =
      Policy({.allowed = {"169.254.10.0/24", "fe80::1", "10.0.0.1"}, .allow_private = false});
  for (const char* address : {"169.254.10.0", "169.254.10.255", "fe80::1", "10.0.0.1"}) {
    EXPECT_TRUE(Allows(policy, address)) << address;
  }
  for (const char* address : {"169.254.11.0", "169.254.9.255", "fe80::2", "10.0.0.2"}) {
    EXPECT_FALSE(Allows(policy, address)) << address;
  }
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/x",
                           "::1/129", "::1/-1", "1.2.3.4/8 "}) {
    EXPECT_EQ(AddressPolicy::Make({.allowed = {text}}).code(), Code::kInvalidValue) << text;
  }
}

TEST(GuardedClientTest, GivesTheAnswerAsItCame) {
  ScriptedServer server({"/x"}, [](const Asked& asked) {
    Response response = Text(asked.method + " " + asked.body, 418);
    response.Add("X-One", "1");
    return response;
  });
  const GuardedClient client({.policy = Policy()});
  const auto answer = client.Do({.method = "POST",
                                 .url = server.url() + "/x",
                                 .headers = {{"Content-Type", "text/x"}, {"X-Empty", ""}},
                                 .body = "body",
                                 .has_body = true,
                                 .timeout_ms = 10'000,
                                 .is_cancelled = {}});
  ASSERT_TRUE(answer.ok()) << answer.status().message();
  EXPECT_EQ(answer->status, 418);
  EXPECT_TRUE(answer->status_line.starts_with("HTTP/1.1 418")) << answer->status_line;
  EXPECT_EQ(answer->Get("x-one"), "1");
  EXPECT_EQ(answer->body, "POST body");
  EXPECT_FALSE(answer->is_cut);
  EXPECT_TRUE(answer->broken.ok());
  EXPECT_EQ(server.asked().at(0).Get("Content-Type"), "text/x");
}

TEST(GuardedClientTest, KeepsSoMuchAndNoMore) {
  ScriptedServer server({"/x"}, [](const Asked&) { return Text(std::string(5000, 'x')); });
  const auto ask = [&](size_t kept) {
    const GuardedClient client({.policy = Policy(), .body_bytes_max = kept});
    auto answer = client.Do(
        {.method = "GET", .url = server.url() + "/x", .timeout_ms = 10'000, .is_cancelled = {}});
    EXPECT_TRUE(answer.ok()) << answer.status().message();
    return *std::move(answer);
  };
  EXPECT_EQ(ask(4999).body.size(), 4999u);
  EXPECT_TRUE(ask(4999).is_cut);
  EXPECT_EQ(ask(5000).body.size(), 5000u);
  EXPECT_FALSE(ask(5000).is_cut);
}

TEST(GuardedClientTest, RefusesAddressesBeforeItConnects) {
  ScriptedServer server({"/x"}, [](const Asked&) { return Text("seen"); });
  const GuardedClient client({.policy = Policy({.allow_private = false})});
  const auto answer = client.Do(
      {.method = "GET", .url = server.url() + "/x", .timeout_ms = 10'000, .is_cancelled = {}});
  EXPECT_EQ(answer.code(), Code::kForbidden);
  EXPECT_TRUE(server.asked().empty());
}

TEST(GuardedClientTest, DoesNotAskProxiesForThem) {
  ScriptedServer proxy({"/x"}, [](const Asked&) { return Text("seen"); });
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  const GuardedClient client({.policy = Policy()});
  for (const char* url : {"http://169.254.169.254/x", "http://2852039166:80/x",
                          "http://[fe80::1]:80/x", "http://user:word@169.254.169.254/x",
                          "http://169.254.169.254./x", "http://%31%36%39.254.169.254/x"}) {
    const auto answer =
        client.Do({.method = "GET", .url = url, .timeout_ms = 10'000, .is_cancelled = {}});
    EXPECT_EQ(answer.code(), Code::kForbidden) << url;
  }
  ::unsetenv("http_proxy");
}

TEST(GuardedClientTest, RefusesHeadersThatWouldBeMore) {
  const GuardedClient client({*AddressPolicy::Make({})});
  for (const auto& value :
       {std::string("x\r\nX-Other: y"), std::string("x\ny"), std::string("x\0y", 3)}) {
    const auto answer = client.Do({.method = "GET",
                                   .url = "http://127.0.0.1:1/",
                                   .headers = {{"X-Key", value}},
                                   .timeout_ms = 1000});
    EXPECT_EQ(answer.status().message(), "net/http: invalid header field value for \"X-Key\"");
  }
}

TEST(GuardedClientTest, EndsWhenNobodyWaits) {
  ScriptedServer server({"/x"}, [](const Asked&) { return Text("seen"); });
  const GuardedClient client({.policy = Policy()});
  const auto answer = client.Do(
      {.method = "GET", .url = server.url() + "/x", .timeout_ms = 10'000, .is_cancelled = [] {
         return true;
       }});
  EXPECT_EQ(answer.code(), Code::kCancelled);
}

TEST(GuardedClientTest, SaysWhyThereIsNoAnswer) {
  const GuardedClient client({.policy = Policy()});
  const auto answer = client.Do(
      {.method = "GET", .url = "http://127.0.0.1:1/", .timeout_ms = 10'000, .is_cancelled = {}});
  EXPECT_EQ(answer.code(), Code::kIo);
  EXPECT_EQ(answer.status().message(), "dial tcp 127.0.0.1:1: connect: connection refused");
}

}  // namespace
}  // namespace tarn::http
