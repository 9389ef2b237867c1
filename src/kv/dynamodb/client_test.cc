#include "kv/dynamodb/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/testing/test_server.h"

namespace tarn::kv::dynamodb {
namespace {

TEST(DynamoDbEndpoint, IsTheOneThatIsNamedOrThatOfTheRegion) {
  const auto text = [](const std::string& url, std::string_view region) {
    const auto endpoint = EndpointOf(url, region);
    if (!endpoint.ok()) return endpoint.status().ToString();
    return endpoint->server + " " + endpoint->host + " " + endpoint->path;
  };
  EXPECT_EQ(text("", "eu-west-1"),
            "https://dynamodb.eu-west-1.amazonaws.com dynamodb.eu-west-1.amazonaws.com /");
  EXPECT_EQ(text("", "cn-north-1"),
            "https://dynamodb.cn-north-1.amazonaws.com.cn dynamodb.cn-north-1.amazonaws.com.cn /");
  EXPECT_EQ(text("http://127.0.0.1:8000", "x"), "http://127.0.0.1:8000 127.0.0.1:8000 /");
  EXPECT_EQ(text("https://proxy/dynamodb", "x"), "https://proxy proxy /dynamodb/");
  for (const std::string other : {"127.0.0.1:8000", "ftp://x", "https://"}) {
    EXPECT_EQ(EndpointOf(other, "x").code(), Code::kInvalidValue) << other;
  }
}

class Keys : public http::aws::CredentialSource {
 public:
  Result<std::optional<http::aws::Credentials>> Fetch() override {
    return std::optional(http::aws::Credentials{"key", "secret", "", {}});
  }
};

/// Says how many requests it had at the same time at most.
int MostAtOnce(int64_t connections_max) {
  constexpr int kThreads = 6, kCalls = 10;
  std::atomic<int> now = 0, most = 0;
  http::TestServer server;
  server.Route("/", [&] {
    http::Script script;
    script.plan = http::BodyPlan::kBuffered;
    script.body_bytes_max = 1000;
    script.answer = [&](const http::RequestHead&, std::string_view) {
      const int mine = ++now;
      for (int before = most; before < mine && !most.compare_exchange_weak(before, mine);) {
      }
      SleepForUs(5000);
      --now;
      return http::Text("{}");
    };
    return script;
  });
  ClientOptions options;
  options.endpoint = EndpointOf(server.url(""), "r").value();
  options.region = "r";
  options.connections_max = connections_max;
  Client client(options, std::make_unique<Keys>(), 0, SystemClock());
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kCalls; ++i) EXPECT_TRUE(client.Call("GetItem", "{}").ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  return most;
}

TEST(DynamoDbClient, ConnectionsHaveALimit) {
  EXPECT_EQ(MostAtOnce(1), 1);
  EXPECT_GT(MostAtOnce(0), 1);
}

}  // namespace
}  // namespace tarn::kv::dynamodb
