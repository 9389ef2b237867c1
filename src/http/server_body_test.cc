// Tests of bodies in both directions.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <random>
#include <thread>

#include "base/blocking.h"
#include "http/testing/test_server.h"

namespace tarn::http {
namespace {

std::string RandomText(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

std::string Put(std::string_view path, std::string_view body, std::string_view headers = "") {
  return "PUT " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string PutChunked(std::string_view path, std::string_view body, size_t chunk) {
  std::string bytes =
      "PUT " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += chunk) {
    const std::string_view part = body.substr(at, chunk);
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    bytes.append(size).append(part).append("\r\n");
  }
  return bytes + "0\r\n\r\n";
}

/// A buffered echo and a streamed upload that keeps what it got.
class BodyTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Route("/echo", [] { return Echo(false); });
    server_.Route("/echo-inline", [] { return Echo(true); });
    server_.Route("/upload", [this] { return Upload(); });
    server_.Route("/get", [] {
      Script script;
      script.try_inline = true;
      script.answer = [](const RequestHead&, std::string_view) { return Text("got"); };
      return script;
    });
  }

  static Script Echo(bool try_inline) {
    Script script;
    script.plan = BodyPlan::kBuffered;
    script.body_bytes_max = 1 << 20;
    script.try_inline = try_inline;
    script.answer = [](const RequestHead&, std::string_view body) {
      return Text(std::string(body));
    };
    return script;
  }

  Script Upload() {
    uploaded_.clear();
    Script script;
    script.plan = BodyPlan::kStreamed;
    script.pool = Pool::kDisk;
    script.open = [this]() -> std::optional<Response> {
      if (refuse_at_open_) return Text("refused", 403);
      return std::nullopt;
    };
    script.consume = [this](std::span<const char> piece) -> std::optional<Response> {
      EXPECT_FALSE(piece.empty());
      EXPECT_LE(piece.size(), size_t{256} << 10);
      ++pieces_;
      uploaded_.append(piece.data(), piece.size());
      if (uploaded_.size() > refuse_over_) return Text("no room", 507);
      return std::nullopt;
    };
    script.answer = [this](const RequestHead&, std::string_view) {
      return Text(std::to_string(uploaded_.size()), 201);
    };
    return script;
  }

  TestServer server_;
  std::string uploaded_;  ///< Read after the answer only.
  std::atomic<int> pieces_ = 0;
  std::atomic<bool> refuse_at_open_ = false;
  std::atomic<size_t> refuse_over_ = SIZE_MAX;
};

TEST_F(BodyTest, BuffersBodiesOfAllSizes) {
  RawClient client(server_.port());
  for (const size_t size : {0, 1, 100, 4000, 4096, 5000, 70'000, 1 << 20}) {
    const std::string body = RandomText(size, static_cast<unsigned>(size));
    for (const char* path : {"/echo", "/echo-inline"}) {
      EXPECT_EQ(client.Ask(Put(path, body)).body, body) << size;
      EXPECT_EQ(client.Ask(PutChunked(path, body, 777)).body, body) << size;
    }
  }
}

TEST_F(BodyTest, PipelinesBodies) {
  RawClient client(server_.port());
  std::string requests;
  for (int i = 0; i < 60; ++i) {
    const std::string body(static_cast<size_t>(i * 37), 'x');
    requests += i % 2 ? PutChunked("/echo", body, 50) : Put("/upload", body);
    requests += Get("/get");
  }
  std::thread writer([&] { client.Send(requests); });
  for (int i = 0; i < 60; ++i) {
    const RawAnswer answer = client.Read();
    EXPECT_EQ(answer.body,
              i % 2 ? std::string(static_cast<size_t>(i * 37), 'x') : std::to_string(i * 37));
    EXPECT_EQ(client.Read().body, "got");
  }
  writer.join();
}

TEST_F(BodyTest, RefusesBodiesOverTheLimit) {
  const std::string body(((1 << 20) + 1), 'x');
  {
    RawClient client(server_.port());
    client.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n");
    const RawAnswer answer = client.Read();  // Without waiting for the body.
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.Header("Connection"), "close");
  }
  {
    RawClient client(server_.port());
    std::thread writer([&] { client.Send(PutChunked("/echo", body, 60'000)); });
    EXPECT_EQ(client.Read().status, 413);
    writer.join();
  }
}

TEST_F(BodyTest, StreamsBodiesOfAllSizes) {
  RawClient client(server_.port());
  for (const size_t size : {0, 1, 4096, 65'536, 65'537, 300'000, 5'000'000}) {
    const std::string body = RandomText(size, static_cast<unsigned>(size));
    std::thread writer([&] { client.Send(Put("/upload", body)); });
    const RawAnswer answer = client.Read();
    writer.join();
    EXPECT_EQ(answer.status, 201);
    EXPECT_TRUE(uploaded_ == body) << size;
    for (const size_t chunk : {1000, 100'000}) {
      std::thread chunked([&] { client.Send(PutChunked("/upload", body, chunk)); });
      EXPECT_EQ(client.Read().status, 201);
      chunked.join();
      EXPECT_TRUE(uploaded_ == body) << size;
    }
  }
}

TEST_F(BodyTest, GathersASlowUploadIntoFewPieces) {
  RawClient client(server_.port());
  const std::string body = RandomText(100, 3);
  const std::string request = Put("/upload", body);
  for (size_t at = 0; at < request.size(); at += 10) {
    client.Send(std::string_view(request).substr(at, 10));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(client.Read().status, 201);
  EXPECT_EQ(uploaded_, body);
  EXPECT_EQ(pieces_, 1);
}

TEST_F(BodyTest, SendsContinueWhenTheBodyIsWanted) {
  for (const char* path : {"/upload", "/echo"}) {
    RawClient client(server_.port());
    const std::string request = Put(path, "hello", "Expect: 100-continue\r\n");
    client.Send(std::string_view(request).substr(0, request.size() - 5));
    EXPECT_EQ(client.Read().status, 100) << path;
    client.Send("hello");
    const RawAnswer answer = client.Read();
    EXPECT_EQ(answer.status / 100, 2);
    EXPECT_EQ(client.Ask(Get("/get")).body, "got");
  }
}

TEST_F(BodyTest, RefusesWithoutContinue) {
  refuse_at_open_ = true;
  RawClient client(server_.port());
  client.Send(
      "PUT /upload HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
  const RawAnswer answer = client.Read();
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.Header("Connection"), "close");
  RawClient large(server_.port());
  large.Send(
      "PUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(large.Read().status, 413);
}

TEST_F(BodyTest, SkipsContinueWhenTheBodyIsThere) {
  RawClient client(server_.port());
  EXPECT_EQ(client.Ask(Put("/upload", "hello", "Expect: 100-continue\r\n")).status, 201);
}

TEST_F(BodyTest, ShowsAnEarlyAnswerToAClientThatSendsOn) {
  refuse_over_ = 100'000;
  const std::string body(30 << 20, 'x');
  RawClient client(server_.port());
  bool sent_all = false;
  std::thread writer([&] {
    sent_all = client.Send(Put("/upload", body));
    client.ShutdownWrite();
  });
  const RawAnswer answer = client.Read();
  writer.join();
  EXPECT_EQ(answer.status, 507);
  EXPECT_EQ(answer.body, "no room");
  EXPECT_TRUE(sent_all);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(BodyTest, KeepsTheConnectionAfterASmallUnreadBody) {
  refuse_at_open_ = true;
  RawClient client(server_.port());
  EXPECT_EQ(client.Ask(Put("/upload", std::string(100'000, 'x'))).status, 403);
  EXPECT_EQ(client.Ask(Put("/get", "a body nobody wants")).body, "got");
  EXPECT_EQ(client.Ask(Get("/get")).body, "got");
}

TEST_F(BodyTest, AnswersMalformedChunks) {
  for (const char* path : {"/upload", "/echo"}) {
    RawClient client(server_.port());
    const RawAnswer answer = client.Ask("PUT " + std::string(path) +
                                        " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                                        "\r\n5\r\nhello\r\nXX\r\n");
    EXPECT_EQ(answer.status, 400) << path;
    EXPECT_EQ(answer.Header("Connection"), "close");
  }
}

TEST_F(BodyTest, TellsTheExchangeThatTheClientLeft) {
  for (const char* path : {"/upload", "/echo"}) {
    RawClient client(server_.port());
    client.Send("PUT " + std::string(path) +
                " HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nab");
  }
  const auto endings = server_.Endings(2);
  ASSERT_EQ(endings.size(), 2U);
  EXPECT_EQ(endings[0].status, 499);
  EXPECT_EQ(endings[1].status, 499);
  for (int i = 0; i < 300 && server_.live_exchanges() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(server_.live_exchanges(), 0);
}

/// Where something was freed.
struct Freed {
  std::thread::id thread;
  bool could_wait = false;
};

/// Tells it.
class FreedTeller {
 public:
  explicit FreedTeller(std::shared_ptr<std::promise<Freed>> freed) : freed_(std::move(freed)) {}
  ~FreedTeller() { freed_->set_value({std::this_thread::get_id(), MayBlock()}); }
  FreedTeller(const FreedTeller&) = delete;
  FreedTeller& operator=(const FreedTeller&) = delete;

 private:
  const std::shared_ptr<std::promise<Freed>> freed_;
};

TEST_F(BodyTest, WhatMayHaveToBeUndoneIsFreedWhereThatMayWait) {
  for (const int status : {200, 201, 302, 412, 500}) {
    const auto promise = std::make_shared<std::promise<Freed>>();
    std::thread::id io_thread;
    server_.Route("/undo", [&] {
      io_thread = std::this_thread::get_id();
      Script script;
      script.plan = BodyPlan::kStreamed;
      script.pool = Pool::kDisk;
      script.answer = [status, teller = std::make_shared<FreedTeller>(promise)](
                          const RequestHead&, std::string_view) { return Text("", status); };
      return script;
    });
    RawClient client(server_.port());
    EXPECT_EQ(client.Ask(Put("/undo", "body")).status, status);
    const Freed freed = promise->get_future().get();
    EXPECT_EQ(freed.could_wait, status >= 300) << status;
    EXPECT_EQ(freed.thread == io_thread, status < 300) << status;
  }
}

/// A temporary file.
class File {
 public:
  explicit File(const std::string& content) {
    char name[] = "/tmp/http_test_XXXXXX";
    fd_ = ::mkstemp(name);
    ::unlink(name);
    size_t written = 0;
    while (written < content.size()) {
      const ssize_t bytes = ::write(fd_, content.data() + written, content.size() - written);
      if (bytes <= 0) break;
      written += static_cast<size_t>(bytes);
    }
    EXPECT_EQ(written, content.size());
  }
  ~File() { ::close(fd_); }
  int fd() const { return fd_; }
  /// Forgets what the kernel holds of it, as far as it can.
  void Cool() const {
    ::fdatasync(fd_);
    ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
  }

 private:
  int fd_;
};

std::function<Script()> Sends(const std::shared_ptr<File>& file, int64_t offset, int64_t length) {
  return [=] {
    Script script;
    script.try_inline = true;
    script.answer = [=](const RequestHead&, std::string_view) {
      Response response;
      response.body = FileBody{file, file->fd(), offset, length};
      return response;
    };
    return script;
  };
}

TEST(FileBodyTest, SendsFilesWarmAndCold) {
  const std::string content = RandomText(9 << 20, 1);
  const auto file = std::make_shared<File>(content);
  TestServer server;
  const auto size = static_cast<int64_t>(content.size());
  server.Route("/all", Sends(file, 0, size));
  server.Route("/small", Sends(file, 1000, 5000));
  server.Route("/middle", Sends(file, 70'001, 3'000'007));
  server.Route("/none", Sends(file, 10, 0));
  RawClient client(server.port());
  for (int round = 0; round < 2; ++round) {
    file->Cool();
    EXPECT_TRUE(client.Ask(Get("/small")).body == content.substr(1000, 5000));
    EXPECT_TRUE(client.Ask(Get("/all")).body == content);
    EXPECT_TRUE(client.Ask(Get("/middle")).body == content.substr(70'001, 3'000'007));
    EXPECT_TRUE(client.Ask(Get("/small")).body == content.substr(1000, 5000));
    EXPECT_EQ(client.Ask(Get("/none")).Header("Content-Length"), "0");
  }
  EXPECT_EQ(server.Endings(2)[1].body_bytes_sent, size);
  client.Send("HEAD /all HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read(true).Header("Content-Length"), std::to_string(size));
  EXPECT_TRUE(client.Ask(Get("/small")).complete);
}

TEST(FileBodyTest, CutsTheConnectionWhenTheFileIsTooShort) {
  const auto file = std::make_shared<File>(std::string(100'000, 'x'));
  TestServer server;
  server.Route("/large", Sends(file, 0, 200'000));
  server.Route("/small", Sends(file, 99'000, 5000));
  for (const char* path : {"/large", "/small"}) {
    RawClient client(server.port());
    EXPECT_FALSE(client.Ask(Get(path)).complete);
    EXPECT_TRUE(client.AtEnd());
  }
  for (const Ending& ending : server.Endings(2)) EXPECT_EQ(ending.status, 499);
}

TEST(FileBodyTest, ServesAReaderThatStops) {
  const auto file = std::make_shared<File>(std::string(20 << 20, 'x'));
  TestServer server;
  server.Route("/all", Sends(file, 0, 20 << 20));
  {
    RawClient client(server.port());
    client.Send(Get("/all"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const auto endings = server.Endings(1);
  ASSERT_EQ(endings.size(), 1U);
  EXPECT_EQ(endings[0].status, 499);
  EXPECT_LT(endings[0].body_bytes_sent, 20 << 20);
}

/// Gives `text` in pieces of changing size, then fails if told to.
class TextSource : public BodySource {
 public:
  TextSource(std::string text, bool fails) : text_(std::move(text)), fails_(fails) {}
  Result<size_t> Read(std::span<char> out) override {
    const size_t step = std::min({out.size(), text_.size() - at_, size_t{1} + (at_ * 7) % 99'991});
    if (step == 0 && fails_) return Status(Code::kIo, "the disk broke");
    text_.copy(out.data(), step, at_);
    at_ += step;
    return step;
  }

 private:
  const std::string text_;
  const bool fails_;
  size_t at_ = 0;
};

std::function<Script()> Streams(const std::string& text, std::optional<int64_t> length,
                                bool fails) {
  return [=] {
    Script script;
    script.answer = [=](const RequestHead&, std::string_view) {
      Response response;
      response.body = StreamBody{std::make_unique<TextSource>(text, fails), length};
      return response;
    };
    return script;
  };
}

TEST(StreamBodyTest, SendsWithAndWithoutLength) {
  const std::string text = RandomText(3'000'000, 2);
  TestServer server;
  const auto size = static_cast<int64_t>(text.size());
  server.Route("/length", Streams(text, size, false));
  server.Route("/chunked", Streams(text, std::nullopt, false));
  server.Route("/empty", Streams("", std::nullopt, false));
  RawClient client(server.port());
  EXPECT_TRUE(client.Ask(Get("/length")).body == text);
  const RawAnswer chunked = client.Ask(Get("/chunked"));
  EXPECT_EQ(chunked.Header("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(chunked.complete);
  EXPECT_TRUE(chunked.body == text);
  EXPECT_TRUE(client.Ask(Get("/empty")).complete);
  client.Send("HEAD /chunked HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read(true).status, 200);
  EXPECT_TRUE(client.Ask(Get("/length")).body == text);
  EXPECT_EQ(server.Endings(1)[0].body_bytes_sent, size);

  RawClient old(server.port());
  const RawAnswer until_end = old.Ask("GET /chunked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(until_end.Header("Transfer-Encoding"), "");
  EXPECT_TRUE(until_end.body == text);
}

TEST(StreamBodyTest, NeverEndsCleanlyWhenTheSourceFails) {
  const std::string text(500'000, 'x');
  TestServer server;
  server.Route("/fails", Streams(text, std::nullopt, true));
  server.Route("/length", Streams(text, 600'000, true));
  server.Route("/short", Streams(text, 600'000, false));
  for (const char* path : {"/fails", "/length", "/short"}) {
    RawClient client(server.port());
    const RawAnswer answer = client.Ask(Get(path));
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.complete) << path;
    EXPECT_TRUE(client.AtEnd());
  }
  RawClient old(server.port());
  old.Send("GET /fails HTTP/1.0\r\n\r\n");
  char scrap[65536];
  ssize_t got;
  while ((got = ::recv(old.fd(), scrap, sizeof scrap, 0)) > 0) continue;
  EXPECT_EQ(got, -1);  // A reset, not an end.
}

}  // namespace
}  // namespace tarn::http
