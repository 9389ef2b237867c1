// Tests of the server's limits and of its graceful end.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

using std::chrono::milliseconds;

std::function<Script()> Says(std::string text) {
  return [text] {
    Script script;
    script.try_inline = true;
    script.answer = [text](const RequestHead&, std::string_view) { return Text(text); };
    return script;
  };
}

Script Echo() {
  Script script;
  script.plan = BodyPlan::kBuffered;
  script.body_bytes_max = 1000;
  script.answer = [](const RequestHead&, std::string_view body) { return Text(std::string(body)); };
  return script;
}

TEST(LimitsTest, RefusesLargeHeads) {
  TestServer server({.head_bytes_max = 20'000});
  server.Route("/a", Says("A"));
  RawClient fits(server.port());
  EXPECT_EQ(fits.Ask(Get("/a", "X: " + std::string(19'000, 'x') + "\r\n")).status, 200);
  EXPECT_EQ(fits.Ask(Get("/a")).status, 200);
  RawClient large(server.port());
  const RawAnswer answer = large.Ask(Get("/a", "X: " + std::string(21'000, 'x') + "\r\n"));
  EXPECT_EQ(answer.status, 431);
  EXPECT_EQ(answer.body, "431 Request Header Fields Too Large");
  RawClient endless(server.port());
  endless.Send("GET /a HTTP/1.1\r\n");
  std::thread writer([&] { endless.Send("X: " + std::string(5 << 20, 'x')); });
  EXPECT_EQ(endless.Read().status, 431);
  writer.join();
}

TEST(LimitsTest, RefusesManyHeaders) {
  TestServer server({.header_count_max = 50});
  std::string headers;
  for (int i = 0; i < 60; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/a", headers)).status, 431);
}

TEST(LimitsTest, LimitsMemoryForLargeHeadsOverAllConnections) {
  TestServer server;
  server.Route("/a", Says("A"));
  std::vector<std::unique_ptr<RawClient>> clients;
  const std::string start = "GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(600 << 10, 'x');
  for (int i = 0; i < 70; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->Send(start);
  }
  int served = 0;
  int refused = 0;
  for (auto& client : clients) {
    client->Send("\r\n\r\n");
    const int status = client->Read().status;
    served += status == 200;
    refused += status == 503;
  }
  EXPECT_EQ(served + refused, 70);
  EXPECT_GE(served, 32);
  EXPECT_GE(refused, 1);
  clients.clear();
  RawClient again(server.port());
  EXPECT_EQ(again.Ask(start + "\r\n\r\n").status, 200);
}

TEST(LimitsTest, EndsSlowHeads) {
  TestServer server({.head_timeout_ms = 200, .idle_timeout_ms = 20'000});
  server.Route("/a", Says("A"));
  RawClient silent(server.port());
  RawClient slow(server.port());
  slow.Send("GET /a HT");
  const RawAnswer answer = slow.Read();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(silent.AtEnd());
  // Bytes that trickle in do not help.
  RawClient trickle(server.port());
  std::atomic<bool> ended = false;
  std::thread writer([&] {
    trickle.Send("GET /a HTTP/1.1\r\nHost: h\r\nX: ");
    while (!ended && trickle.Send("y")) std::this_thread::sleep_for(milliseconds(20));
  });
  EXPECT_EQ(trickle.Read().status, 408);
  ended = true;
  writer.join();
}

TEST(LimitsTest, ClosesIdleConnections) {
  TestServer server({.idle_timeout_ms = 150});
  server.Route("/a", Says("A"));
  RawClient client(server.port());
  EXPECT_EQ(client.Ask(Get("/a")).body, "A");
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(client.Ask(Get("/a")).body, "A");
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(client.ReadAll(), "");
}

TEST(LimitsTest, EndsStalledBodies) {
  TestServer server({.body_stall_timeout_ms = 200});
  server.Route("/echo", Echo);
  server.Route("/upload", [] {
    Script script;
    script.plan = BodyPlan::kStreamed;
    script.answer = [](const RequestHead&, std::string_view) { return Text("never"); };
    return script;
  });
  for (const char* path : {"/echo", "/upload"}) {
    RawClient client(server.port());
    client.Send("PUT " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
    EXPECT_EQ(client.Read().status, 408) << path;
  }
}

/// Bytes that come so often, and so few, that only a limit on the pace ends them.
TEST(LimitsTest, EndsBodiesThatDrip) {
  TestServer server({.body_stall_timeout_ms = 400, .body_window_bytes_min = 1000});
  server.Route("/echo", Echo);
  server.Route("/upload", [] {
    Script script;
    script.plan = BodyPlan::kStreamed;
    script.answer = [](const RequestHead&, std::string_view) { return Text("never"); };
    return script;
  });
  for (const std::string path : {"/echo", "/upload"}) {
    for (const std::string framing : {"Content-Length: 999", "Transfer-Encoding: chunked"}) {
      const std::string_view drop = framing.starts_with("C") ? "x" : "1\r\nx\r\n";
      RawClient client(server.port());
      client.Send("PUT " + path + " HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n");
      std::atomic<bool> ended = false;
      std::thread writer([&] {
        for (int i = 0; i < 900 && !ended && client.Send(drop); ++i) {
          std::this_thread::sleep_for(milliseconds(20));
        }
      });
      EXPECT_EQ(client.Read().status, 408) << path << " " << framing;
      ended = true;
      writer.join();
    }
  }
}

TEST(LimitsTest, LetsSlowBodiesThatMoveOn) {
  TestServer server({.body_stall_timeout_ms = 1000, .body_window_bytes_min = 10});
  server.Route("/echo", Echo);
  RawClient client(server.port());
  client.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 300\r\n\r\n");
  for (int i = 0; i < 30; ++i) {
    client.Send(std::string(10, 'x'));
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_EQ(client.Read().body, std::string(300, 'x'));
}

TEST(LimitsTest, EndsReadersThatDrip) {
  TestServer server({.body_stall_timeout_ms = 400, .body_window_bytes_min = 1 << 30});
  server.Route("/large", Says(std::string(30 << 20, 'x')));
  RawClient client(server.port());
  client.Send(Get("/large"));
  std::atomic<bool> ended = false;
  std::thread reader([&] {
    char piece[20'000];
    while (!ended && ::recv(client.fd(), piece, sizeof piece, 0) > 0) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  EXPECT_EQ(server.Endings(1).at(0).status, 499);
  ended = true;
  reader.join();
}

TEST(LimitsTest, EndsReadersThatStall) {
  TestServer server({.body_stall_timeout_ms = 200});
  server.Route("/large", Says(std::string(30 << 20, 'x')));
  RawClient client(server.port());
  client.Send(Get("/large"));
  const auto endings = server.Endings(1);
  ASSERT_EQ(endings.size(), 1U);
  EXPECT_EQ(endings[0].status, 499);
}

TEST(LimitsTest, TurnsAwayConnectionsOverTheLimit) {
  TestServer server({.connections_max = 3});
  server.Route("/a", Says("A"));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    EXPECT_EQ(clients.back()->Ask(Get("/a")).body, "A");
  }
  RawClient fourth(server.port());
  EXPECT_EQ(fourth.Read().status, 503);
  clients.clear();
  for (int i = 0; i < 200; ++i) {
    RawClient again(server.port());
    if (again.Ask(Get("/a")).status == 200) return;
    std::this_thread::sleep_for(milliseconds(10));
  }
  FAIL() << "places were not given back";
}

TEST(DrainTest, FinishesRunningRequestsAndClosesIdleOnes) {
  TestServer server;
  std::promise<void> go;
  std::promise<void> started;
  server.Route("/slow", [&] {
    Script script;
    script.pool = Pool::kVerbs;
    script.answer = [&](const RequestHead&, std::string_view) {
      started.set_value();
      go.get_future().wait();
      return Text("done");
    };
    return script;
  });
  server.Route("/a", Says("A"));
  RawClient idle(server.port());
  EXPECT_EQ(idle.Ask(Get("/a")).body, "A");
  RawClient fresh(server.port());
  RawClient busy(server.port());
  busy.Send(Get("/slow"));
  started.get_future().wait();
  std::thread stopper([&] { server.server().Stop(); });
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(fresh.AtEnd());
  go.set_value();
  const RawAnswer answer = busy.Read();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_TRUE(busy.AtEnd());
  stopper.join();
}

/// Whom the system has told that they are connected, though the server has not looked yet.
TEST(DrainTest, ServesWhoIsInTheBacklog) {
  TestServer server({.io_threads = 1});
  std::promise<void> go, started;
  server.Route("/stall", [&] {
    started.set_value();
    go.get_future().wait();
    return Says("stalled")();
  });
  server.Route("/a", Says("A"));
  RawClient stall(server.port());
  stall.Send(Get("/stall"));
  started.get_future().wait();
  constexpr int kClients = 100;  // More than are accepted in one turn.
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->Send(Get("/a"));
  }
  RawClient late(server.port());
  std::thread stopper([&] { server.server().Stop(); });
  std::this_thread::sleep_for(milliseconds(50));
  go.set_value();
  late.Send(Get("/a"));
  EXPECT_EQ(stall.Read().body, "stalled");
  for (auto& client : clients) {
    EXPECT_EQ(client->Read().body, "A");
  }
  EXPECT_EQ(late.Read().body, "A");
  stopper.join();
}

TEST(DrainTest, CutsWhatDoesNotEnd) {
  TestServer server({.drain_timeout_ms = 200});
  server.Route("/echo", Echo);
  RawClient client(server.port());
  client.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
  std::this_thread::sleep_for(milliseconds(50));
  const auto before = std::chrono::steady_clock::now();
  server.server().Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(3000));
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(server.Endings(1).at(0).status, 499);
}

TEST(DrainTest, StopsUnderLoad) {
  for (int round = 0; round < 5; ++round) {
    TestServer server({.drain_timeout_ms = 2000});
    server.Route("/a", Says("A"));
    server.Route("/echo", Echo);
    std::atomic<bool> stopped = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        RawClient client(server.port());
        while (!stopped) {
          const RawAnswer answer =
              client.Ask(Get("/a") + "PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
          if (!answer.complete || !client.Read().complete) break;
        }
      });
    }
    std::this_thread::sleep_for(milliseconds(30));
    server.server().Stop();
    stopped = true;
    for (auto& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace tarn::http
