// Tests of transfers against our server.
#include "http/transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

using testing::HasSubstr;

constexpr int64_t kStallMs = 1500;

class TransferTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Route("/echo", [] {
      Script script;
      script.plan = BodyPlan::kStreamed;
      auto got = std::make_shared<std::string>();
      script.consume = [got](std::span<const char> piece) {
        got->append(piece.data(), piece.size());
        return std::optional<Response>();
      };
      script.answer = [got](const RequestHead& head, std::string_view) {
        Response response = Text(*got);
        response.Add("X-Target", head.target).Add("X-Peer", head.peer);
        response.Add("X-Host", head.Get("Host")).Add("X-Chunked", head.chunked ? "yes" : "no");
        response.Add("X-Count", std::to_string(head.headers.size()));
        return response;
      };
      return script;
    });
    server_.Route("/refuse", [] {
      Script script;
      script.plan = BodyPlan::kStreamed;
      script.open = [] { return Text("no", 403); };
      return script;
    });
    server_.Route("/slow", [] {
      Script script;
      script.answer = [](const RequestHead&, std::string_view) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2 * kStallMs));
        return Text("late");
      };
      return script;
    });
  }

  TransferRequest Request(std::string method, std::string target) {
    TransferRequest request;
    request.method = std::move(method);
    request.url = server_.url("");
    request.target = std::move(target);
    request.headers = {{"Host", "some.where"}};
    return request;
  }
  static std::string ReadAll(Transfer& transfer) {
    std::string all;
    char piece[5000];
    for (;;) {
      const auto got = transfer.Read(piece);
      EXPECT_TRUE(got.ok()) << got.status().ToString();
      if (!got.ok() || *got == 0) return all;
      all.append(piece, *got);
    }
  }

  TestServer server_;
  TransferClient client_{{.connect_timeout_ms = 2000, .stall_timeout_ms = kStallMs}};
};

TEST_F(TransferTest, SendsWhatItWasGiven) {
  const auto transfer = client_.Start(Request("GET", "/echo?a=%2f&#//../x"));
  ASSERT_TRUE(transfer.ok());
  ASSERT_TRUE((*transfer)->Finish().ok());
  EXPECT_EQ((*transfer)->answer().status, 200);
  EXPECT_EQ((*transfer)->answer().Find("X-Target"), "/echo?a=%2f&#//../x");
  EXPECT_EQ((*transfer)->answer().Find("X-Host"), "some.where");
  EXPECT_EQ((*transfer)->answer().Find("X-Count"), "1");
  EXPECT_EQ(ReadAll(**transfer), "");
}

TEST_F(TransferTest, StreamsBothWays) {
  const std::string piece(700'001, 'p');
  std::string peer;
  for (const bool chunked : {false, true, false}) {
    TransferRequest request = Request("PUT", "/echo");
    request.has_body = true;
    if (!chunked) request.body_length = static_cast<int64_t>(3 * piece.size());
    const auto transfer = client_.Start(std::move(request));
    ASSERT_TRUE(transfer.ok());
    ASSERT_TRUE((*transfer)->Begin().ok());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*transfer)->Write(piece).ok());
    ASSERT_TRUE((*transfer)->Finish().ok());
    EXPECT_EQ((*transfer)->answer().Find("X-Chunked"), chunked ? "yes" : "no");
    EXPECT_TRUE(ReadAll(**transfer) == piece + piece + piece);
    if (peer.empty()) peer = *(*transfer)->answer().Find("X-Peer");
    EXPECT_EQ((*transfer)->answer().Find("X-Peer"), peer) << "the connection is kept";
  }
}

TEST_F(TransferTest, KeepsAConnectionForEachServer) {
  TestServer other;
  other.Route("/peer", [] {
    Script script;
    script.answer = [](const RequestHead& head, std::string_view) {
      Response response = Text("");
      response.Add("X-Peer", head.peer);
      return response;
    };
    return script;
  });
  std::string peers[2];
  for (int i = 0; i < 6; ++i) {
    TransferRequest request = Request("GET", i % 2 == 0 ? "/echo" : "/peer");
    if (i % 2 == 1) request.url = other.url("");
    const auto transfer = client_.Start(std::move(request));
    ASSERT_TRUE(transfer.ok());
    ASSERT_TRUE((*transfer)->Finish().ok());
    EXPECT_EQ(ReadAll(**transfer), "");
    const std::string peer(*(*transfer)->answer().Find("X-Peer"));
    if (peers[i % 2].empty()) peers[i % 2] = peer;
    EXPECT_EQ(peer, peers[i % 2]);
  }
}

TEST_F(TransferTest, NoticesARefusal) {
  TransferRequest request = Request("PUT", "/refuse");
  request.has_body = true;
  request.body_length = 100 << 20;
  const auto transfer = client_.Start(std::move(request));
  ASSERT_TRUE(transfer.ok());
  ASSERT_TRUE((*transfer)->Begin().ok());
  const std::string piece(1 << 20, 'p');
  for (int i = 0; i < 100 && !(*transfer)->refused(); ++i)
    ASSERT_TRUE((*transfer)->Write(piece).ok());
  EXPECT_TRUE((*transfer)->refused());
  EXPECT_EQ((*transfer)->answer().status, 403);
}

TEST_F(TransferTest, FailuresHaveASentence) {
  TransferRequest nowhere = Request("GET", "/");
  nowhere.url = "http://127.0.0.1:1";
  const auto unreachable = client_.Start(std::move(nowhere));
  ASSERT_TRUE(unreachable.ok());
  const Status refused = (*unreachable)->Finish();
  EXPECT_EQ(refused.code(), Code::kIo);
  EXPECT_THAT(refused.message(), HasSubstr("cannot reach http://127.0.0.1:1"));

  const auto slow = client_.Start(Request("GET", "/slow"));
  ASSERT_TRUE(slow.ok());
  const Status stalled = (*slow)->Finish();
  EXPECT_EQ(stalled.code(), Code::kIo);
  EXPECT_THAT(stalled.message(), HasSubstr("nothing moved for 1500 ms"));

  TransferRequest unwanted = Request("GET", "/slow");
  unwanted.is_abandoned = [] { return true; };
  const auto abandoned = client_.Start(std::move(unwanted));
  ASSERT_TRUE(abandoned.ok());
  EXPECT_EQ((*abandoned)->Finish().code(), Code::kCancelled);
}

}  // namespace
}  // namespace tarn::http
