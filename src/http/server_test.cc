// Tests of the server with plain requests: keep-alive, pipelining, forms of answers, where code
// runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/blocking.h"
#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

/// An exchange without body that answers with `text`.
std::function<Script()> Says(std::string text, bool try_inline = true) {
  return [text, try_inline] {
    Script script;
    script.try_inline = try_inline;
    script.answer = [text](const RequestHead&, std::string_view) { return Text(text); };
    return script;
  };
}

TEST(ServerTest, AnswersAndKeepsTheConnection) {
  TestServer server;
  server.Route("/a", Says("first"));
  server.Route("/b", Says("second", false));
  RawClient client(server.port());
  const RawAnswer first = client.Ask(Get("/a"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "first");
  EXPECT_EQ(first.Header("content-length"), "5");
  EXPECT_EQ(first.Header("connection"), "");
  EXPECT_THAT(first.Header("date"), MatchesRegex("..., .. ... .... ..:..:.. GMT"));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.Ask(Get("/b")).body, "second");
  const auto endings = server.Endings(51);
  ASSERT_EQ(endings.size(), 51U);
  EXPECT_EQ(endings[0].status, 200);
  EXPECT_EQ(endings[0].body_bytes_sent, 5);
  EXPECT_EQ(endings[50].body_bytes_sent, 6);
}

TEST(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  server.Route("/a", Says("A"));
  server.Route("/b", Says("B", false));
  RawClient client(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += Get(i % 3 == 0 ? "/b" : "/a");
  client.Send(requests);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.Read().body, i % 3 == 0 ? "B" : "A") << i;
}

TEST(ServerTest, ServesAFullBufferOfSmallRequests) {
  TestServer server;
  server.Route("/a", Says("A"));
  RawClient client(server.port());
  constexpr int kCount = 20'000;
  // The large head leaves a large buffer behind, which the small requests then fill.
  std::string requests = Get("/a", "X: " + std::string(500'000, 'x') + "\r\n");
  for (int i = 0; i < kCount; ++i) requests += "GET /a HTTP/1.0\r\nConnection:keep-alive\r\n\r\n";
  std::thread writer([&] { client.Send(requests); });
  int right = 0;
  for (int i = 0; i <= kCount; ++i) right += client.Read().body == "A";
  writer.join();
  EXPECT_EQ(right, kCount + 1);
}

TEST(ServerTest, ReadsHeadsByteByByte) {
  TestServer server;
  server.Route("/a", Says("A"));
  RawClient client(server.port());
  for (const char c : Get("/a")) client.Send({&c, 1});
  EXPECT_EQ(client.Read().body, "A");
}

TEST(ServerTest, ClosesWhenAsked) {
  TestServer server;
  server.Route("/a", Says("A"));
  RawClient client(server.port());
  const RawAnswer answer = client.Ask(Get("/a", "Connection: close\r\n"));
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerTest, ClosesWhenTheAnswerSaysSo) {
  TestServer server;
  server.Route("/a", [] {
    Script script;
    script.answer = [](const RequestHead&, std::string_view) {
      Response response = Text("A");
      response.close = true;
      return response;
    };
    return script;
  });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/a")).Header("Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST(ServerTest, SpeaksHttp10) {
  TestServer server;
  server.Route("/a", Says("A"));
  RawClient closing(server.port());
  EXPECT_EQ(closing.Ask("GET /a HTTP/1.0\r\n\r\n").body, "A");
  EXPECT_TRUE(closing.AtEnd());
  RawClient staying(server.port());
  for (int i = 0; i < 2; ++i) {
    const RawAnswer answer = staying.Ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer.body, "A");
    EXPECT_EQ(answer.Header("Connection"), "keep-alive");
  }
}

TEST(ServerTest, AnswersHeadWithoutBody) {
  TestServer server;
  server.Route("/text", Says("five!"));
  server.Route("/announced", [] {
    Script script;
    script.answer = [](const RequestHead&, std::string_view) {
      Response response;
      response.announced_length = int64_t{5'000'000'000};
      return response;
    };
    return script;
  });
  RawClient client(server.port());
  client.Send("HEAD /text HTTP/1.1\r\nHost: h\r\n\r\nHEAD /announced HTTP/1.1\r\nHost: h\r\n\r\n" +
              Get("/text"));
  EXPECT_EQ(client.Read(true).Header("Content-Length"), "5");
  EXPECT_EQ(client.Read(true).Header("Content-Length"), "5000000000");
  EXPECT_EQ(client.Read().body, "five!");
}

TEST(ServerTest, SendsNoLengthWhereThereIsNoBody) {
  TestServer server;
  for (const int status : {200, 204, 304}) {
    server.Route("/" + std::to_string(status), [status] {
      Script script;
      script.try_inline = true;
      script.answer = [status](const RequestHead&, std::string_view) {
        Response response;
        response.status = status;
        return response;
      };
      return script;
    });
  }
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/204")).head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/304")).head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(client.Ask(Get("/200")).Header("Content-Length"), "0");
}

TEST(ServerTest, RunsAgainOnAPoolWhatWouldWait) {
  TestServer server;
  std::atomic<int> calls = 0;
  server.Route("/a", [&] {
    Script script;
    script.try_inline = true;
    script.answer = [&](const RequestHead&, std::string_view) -> std::optional<Response> {
      ++calls;
      if (!MayBlock()) return std::nullopt;
      return Text("waited");
    };
    return script;
  });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/a")).body, "waited");
  EXPECT_EQ(calls, 2);
}

TEST(ServerTest, AnswersExceptionsWith500) {
  TestServer server;
  for (const bool try_inline : {true, false}) {
    server.Route(try_inline ? "/inline" : "/pool", [try_inline] {
      Script script;
      script.try_inline = try_inline;
      script.answer = [](const RequestHead&, std::string_view) -> std::optional<Response> {
        throw std::runtime_error("secret detail");
      };
      return script;
    });
  }
  RawClient client(server.port());
  for (const char* path : {"/inline", "/pool"}) {
    const RawAnswer answer = client.Ask(Get(path));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, "500 Internal Server Error");
  }
}

TEST(ServerTest, ShowsTheHeadToTheProtocol) {
  TestServer server;
  server.Route("/p", [] {
    Script script;
    script.answer = [](const RequestHead& head, std::string_view) {
      return Text(std::string(head.method) + " " + std::string(head.target) + " " +
                  std::string(head.query) + " " + std::string(head.Get("x-one")) + " " +
                  (head.peer.starts_with("127.0.0.1:") ? "local" : std::string(head.peer)) +
                  (head.tls ? " tls" : " plain"));
    };
    return script;
  });
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/p?q=1", "X-One: v\r\n")).body, "GET /p?q=1 q=1 v local plain");
}

TEST(ServerTest, AnswersOptionsAboutItself) {
  TestServer server;
  RawClient client(server.port());
  EXPECT_EQ(client.Ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  EXPECT_EQ(client.Ask("GET * HTTP/1.1\r\nHost: h\r\n\r\n").status, 400);
}

TEST(ServerTest, RefusesMalformedRequestsInPlainText) {
  TestServer server;
  RawClient escape(server.port());
  const RawAnswer answer = escape.Ask(Get("/a%zz"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "400 Bad Request");
  EXPECT_EQ(answer.Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.Header("Connection"), "close");
  escape.ShutdownWrite();
  EXPECT_TRUE(escape.AtEnd());
  using namespace std::string_literals;
  for (const std::string& bytes :
       {"nonsense\r\n\r\n"s, "GET / HTTP/1.1\nHost: h\n\n"s, "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s,
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"s}) {
    RawClient client(server.port());
    EXPECT_EQ(client.Ask(bytes).status, 400) << bytes;
  }
  EXPECT_TRUE(server.Endings(0).empty());
}

TEST(ServerTest, AnswersBusyWhenThePoolIsFull) {
  TestServer server;
  std::promise<void> go;
  std::shared_future<void> gate = go.get_future().share();
  server.Route("/slow", [gate] {
    Script script;
    script.answer = [gate](const RequestHead&, std::string_view) {
      gate.wait();
      return Text("done");
    };
    return script;
  });
  // Two run, 64 wait (fewer if the threads are slow to take the first); the rest is turned away.
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 70; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->Send(Get("/slow"));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  go.set_value();
  int done = 0;
  int busy = 0;
  for (auto& client : clients) {
    const RawAnswer answer = client->Read();
    done += answer.status == 200;
    busy += answer.status == 503 && answer.Header("Retry-After") == "1";
  }
  EXPECT_EQ(done + busy, 70);
  EXPECT_GE(done, 64);
  EXPECT_LE(done, 66);
}

TEST(ServerTest, ServesManyConnectionsAtOnce) {
  TestServer server;
  server.Route("/a", Says("A"));
  server.Route("/b", Says("B", false));
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<std::unique_ptr<RawClient>> clients;
      for (int i = 0; i < 10; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
      for (int round = 0; round < 20; ++round) {
        for (auto& client : clients) client->Send(Get(round % 2 ? "/a" : "/b"));
        for (auto& client : clients) right += client->Read().body == (round % 2 ? "A" : "B");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 800);
}

TEST(ServerTest, AnswersOfALaneAreMadeOneAfterTheOther) {
  TestServer server;
  std::promise<void> go;
  const std::shared_future<void> gate = go.get_future().share();
  std::atomic<int> in_lane = 0;
  std::atomic<int> most_in_lane = 0;
  server.Route("/slow", [&] {
    Script script;
    script.pool = Pool::kVerbs;
    script.lane = "slow";
    script.answer = [&](const RequestHead&, std::string_view) {
      most_in_lane = std::max<int>(most_in_lane, ++in_lane);
      gate.wait();
      --in_lane;
      return Text("slow");
    };
    return script;
  });
  server.Route("/other", [&] {
    Script script;
    script.pool = Pool::kVerbs;
    script.lane = "other";
    script.answer = [&](const RequestHead&, std::string_view) { return Text("other"); };
    return script;
  });
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(std::make_unique<RawClient>(server.port()));
    waiting.back()->Send(Get("/slow"));
  }
  for (int i = 0; i < 3; ++i) {
    RawClient other(server.port());
    EXPECT_EQ(other.Ask(Get("/other")).body, "other");
  }
  go.set_value();
  for (const auto& client : waiting) EXPECT_EQ(client->Read().body, "slow");
  EXPECT_EQ(most_in_lane, 1);
}

TEST(ServerTest, SaysThatAPortIsBusy) {
  TestServer server;
  runtime::WorkerPool pool({.name = "test", .threads = 1});
  Server second({.port = server.port(), .io_threads = 1}, server, OnePool(pool));
  const Status status = second.Start();
  EXPECT_EQ(status.code(), Code::kAlreadyExists);
  EXPECT_EQ(status.message(),
            "address 127.0.0.1:" + std::to_string(server.port()) +
                " is already in use: stop the other program or choose another port");
}

TEST(ServerTest, SaysWhichAddressCannotBeUsed) {
  TestServer server;
  runtime::WorkerPool pool({.name = "test", .threads = 1});
  Server second({.address = "192.0.2.1", .port = 0, .io_threads = 1}, server, OnePool(pool));
  EXPECT_THAT(std::string(second.Start().message()), HasSubstr("cannot listen on 192.0.2.1:0"));
}

}  // namespace
}  // namespace tarn::http
