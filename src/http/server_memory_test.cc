// Tests of the memory that clients can make the server hold.
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "http/byte_budget.h"
#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

using Share = ByteBudget::Share;

constexpr int64_t kBudgetBytes = 4 << 20;
// An answer of half of it is more than the kernel keeps for a client that does not read.
constexpr int64_t kLargeBudgetBytes = 64 << 20;
constexpr size_t kLargeAnswerBytes = kLargeBudgetBytes / 2 + 1;

TEST(ByteBudgetTest, LeasesStayWithinIt) {
  ByteBudget budget(100);
  BudgetLease stranger(budget);
  EXPECT_TRUE(stranger.Resize(50, Share::kHalf));
  EXPECT_FALSE(stranger.Resize(51, Share::kHalf));
  {
    BudgetLease known(budget);
    EXPECT_FALSE(known.Resize(1, Share::kHalf));
    EXPECT_TRUE(known.Resize(25, Share::kMost));
    EXPECT_FALSE(known.Resize(26, Share::kMost));
    EXPECT_TRUE(known.Resize(50, Share::kWhole));
    EXPECT_FALSE(known.Resize(51, Share::kWhole));
    EXPECT_EQ(budget.used(), 100);
    EXPECT_TRUE(known.Resize(20, Share::kHalf)) << "smaller always works";
    EXPECT_EQ(budget.used(), 70);
  }
  EXPECT_EQ(budget.used(), 50);
  stranger.Release();
  EXPECT_EQ(budget.used(), 0);
}

class MemoryTest : public ::testing::Test {
 protected:
  explicit MemoryTest(int64_t budget_bytes = kBudgetBytes)
      : budget_bytes_(budget_bytes), server_({.buffered_bytes_max = budget_bytes}) {
    server_.Route("/known", [] { return Buffered(true); });
    server_.Route("/stranger", [] { return Buffered(false); });
    server_.Route("/a", [] {
      Script script;
      script.try_inline = true;
      script.answer = [](const RequestHead&, std::string_view) { return Text("A"); };
      return script;
    });
  }

  static Script Buffered(bool is_known) {
    Script script;
    script.plan = BodyPlan::kBuffered;
    script.body_bytes_max = kLargeBudgetBytes;
    script.open = [is_known] {
      return is_known ? std::nullopt : std::optional<Response>(Text("who are you", 401));
    };
    script.answer = [](const RequestHead&, std::string_view body) {
      return Text(std::to_string(body.size()));
    };
    return script;
  }
  static std::string Start(const std::string& path, size_t length) {
    return "PUT " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(length) +
           "\r\n\r\n";
  }
  /// Statuses of requests that send all but one byte of their bodies, then that byte: the first
  /// are held together.
  std::vector<int> Hold(const std::string& start, size_t sent, int count,
                        std::string_view last = "x") {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < count; ++i) {
      clients.push_back(std::make_unique<RawClient>(server_.port()));
      clients.back()->Send(start + std::string(sent, 'x'));
    }
    RawClient other(server_.port());
    EXPECT_EQ(other.Ask(Get("/a")).body, "A") << "small requests are served all the time";
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::vector<int> statuses;
    for (auto& client : clients) {
      client->Send(last);
      statuses.push_back(client->Read().status);
    }
    return statuses;
  }
  static long CountOf(const std::vector<int>& statuses, int status) {
    return std::count(statuses.begin(), statuses.end(), status);
  }
  /// Whether one body can have nearly all of the budget: nothing of it was forgotten.
  bool IsAllBack() {
    for (int i = 0; i < 200; ++i) {
      RawClient client(server_.port());
      const size_t most = budget_bytes_ / 8 * 3 - 100'000;  // Three quarters, counted twice.
      if (client.Ask(Start("/known", most) + std::string(most, 'x')).status == 200) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  const int64_t budget_bytes_;
  TestServer server_;
};

class LargeMemoryTest : public MemoryTest {
 protected:
  LargeMemoryTest() : MemoryTest(kLargeBudgetBytes) {}
};

TEST_F(MemoryTest, BufferedBodiesShareABudget) {
  const size_t size = 400'000;
  const auto statuses = Hold(Start("/known", size), size - 1, 20);
  EXPECT_EQ(CountOf(statuses, 200) + CountOf(statuses, 503), 20);
  EXPECT_GE(CountOf(statuses, 200), 2);
  EXPECT_GE(CountOf(statuses, 503), 10);
  EXPECT_TRUE(IsAllBack());
}

TEST_F(MemoryTest, StrangersKeepALittleAlone) {
  for (const size_t size : {size_t{70'000}, size_t{400'000}}) {
    const auto statuses = Hold(Start("/stranger", size), 0, 20);
    EXPECT_EQ(CountOf(statuses, 401), 20) << "refused before a byte of the body came";
  }
  RawClient chunked(server_.port());
  chunked.Send("PUT /stranger HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.Send("20000\r\n" + std::string(0x11000, 'x'));
  EXPECT_EQ(chunked.Read().status, 401);
  RawClient small(server_.port());
  EXPECT_EQ(small.Ask(Start("/stranger", 60'000) + std::string(60'000, 'x')).body, "60000");
  EXPECT_TRUE(IsAllBack());
}

TEST_F(MemoryTest, StrangersLeaveRoomForOthers) {
  std::vector<std::unique_ptr<RawClient>> strangers;
  for (int i = 0; i < 40; ++i) {
    strangers.push_back(std::make_unique<RawClient>(server_.port()));
    strangers.back()->Send(Start("/stranger", 64'000) + std::string(63'000, 'x'));
    strangers.push_back(std::make_unique<RawClient>(server_.port()));
    strangers.back()->Send("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(60'000, 'x'));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  RawClient known(server_.port());
  for (const size_t size : {size_t{10'000}, size_t{400'000}}) {
    EXPECT_EQ(known.Ask(Start("/known", size) + std::string(size, 'x')).status, 200) << size;
  }
  strangers.clear();
  EXPECT_TRUE(IsAllBack());
}

TEST_F(MemoryTest, HeadsTakeHalfOfIt) {
  const auto statuses =
      Hold("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(60'000, 'x') + "\r\n\r", 0, 100, "\n");
  EXPECT_EQ(CountOf(statuses, 200) + CountOf(statuses, 503), 100);
  EXPECT_GE(CountOf(statuses, 503), 60);
  EXPECT_TRUE(IsAllBack());
}

TEST_F(MemoryTest, PiecesOfUploadsAndWhatIsKeptOfThemCount) {
  std::atomic<int64_t> kept = 0;
  server_.Route("/upload", [&] {
    Script script;
    script.plan = BodyPlan::kStreamed;
    script.kept_bytes = [&] { return kept.load(); };
    script.answer = [](const RequestHead&, std::string_view) { return Text("done"); };
    return script;
  });
  const auto statuses = Hold(Start("/upload", 64 << 10), (64 << 10) - 1, 100);
  EXPECT_EQ(CountOf(statuses, 200) + CountOf(statuses, 503), 100);
  EXPECT_GE(CountOf(statuses, 200), 32);
  EXPECT_GE(CountOf(statuses, 503), 20);
  kept = kBudgetBytes;
  RawClient keeper(server_.port());
  EXPECT_EQ(keeper.Ask(Start("/upload", 1 << 20) + std::string(1 << 20, 'x')).status, 503);
  EXPECT_TRUE(IsAllBack());
}

TEST_F(LargeMemoryTest, AnswersThatNobodyReadsCount) {
  const auto large = [](const RequestHead&, std::string_view) {
    return Text(std::string(kLargeAnswerBytes, 'x'));
  };
  server_.Route("/large", [&] {
    Script script;
    script.plan = BodyPlan::kBuffered;
    script.body_bytes_max = 1;
    script.answer = large;
    return script;
  });
  RawClient reader(server_.port());
  reader.Send(Get("/large"));
  pollfd begun{reader.fd(), POLLIN, 0};
  ASSERT_EQ(::poll(&begun, 1, /*timeout=*/20'000), 1) << "the first answer waits for its reader";
  RawClient second(server_.port());
  EXPECT_EQ(second.Ask(Get("/large")).status, 503);
  RawClient writer(server_.port());
  EXPECT_EQ(writer.Ask("DELETE /large HTTP/1.1\r\nHost: h\r\n\r\n").body.size(), kLargeAnswerBytes)
      << "what a write has done is told";
  EXPECT_EQ(reader.Read().body.size(), kLargeAnswerBytes);
  EXPECT_TRUE(IsAllBack());
}

}  // namespace
}  // namespace tarn::http
