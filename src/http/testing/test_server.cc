#include "http/testing/test_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

namespace tarn::http {

class ScriptExchange : public Exchange {
 public:
  ScriptExchange(TestServer& server, Script script, const RequestHead& head)
      : server_(server), script_(std::move(script)), head_(head), path_(head.path) {
    const std::lock_guard lock(server_.mutex_);
    ++server_.live_exchanges_;
  }
  ~ScriptExchange() override {
    const std::lock_guard lock(server_.mutex_);
    --server_.live_exchanges_;
  }
  BodyPlan body_plan() const override { return script_.plan; }
  int64_t body_bytes_max() const override { return script_.body_bytes_max; }
  bool try_inline() const override { return script_.try_inline; }
  Pool pool() const override { return script_.pool; }
  std::string lane() const override { return script_.lane; }
  std::optional<Response> Open() override { return script_.open ? script_.open() : std::nullopt; }
  std::optional<Response> Consume(std::span<const char> piece) override {
    return script_.consume ? script_.consume(piece) : std::nullopt;
  }
  std::optional<Response> Answer(std::string_view body) override {
    return script_.answer(head_, body);
  }
  Response TooLarge() override { return Text("too large", 413); }
  int64_t kept_bytes() const override { return script_.kept_bytes ? script_.kept_bytes() : 0; }
  void Finished(int status, int64_t body_bytes_sent) override {
    const std::lock_guard lock(server_.mutex_);
    server_.endings_.push_back({path_, status, body_bytes_sent});
  }

 private:
  TestServer& server_;
  const Script script_;
  const RequestHead& head_;
  const std::string path_;
};

ServerPools OnePool(runtime::WorkerPool& pool) {
  ServerPools pools;
  pools.fill(&pool);
  return pools;
}

Response Text(std::string text, int status) {
  Response response;
  response.status = status;
  response.Add("Content-Type", "text/plain");
  response.body = std::move(text);
  return response;
}

TestServer::TestServer(ServerOptions options)
    : meta_({.name = "meta", .threads = 2, .queue_max = 64}),
      disk_({.name = "disk", .threads = 2}),
      verbs_({.name = "verbs", .threads = 2}) {
  options.port = 0;
  if (options.io_threads == 0) options.io_threads = 2;
  ServerPools pools = OnePool(verbs_);
  pools[static_cast<size_t>(Pool::kMeta)] = &meta_;
  pools[static_cast<size_t>(Pool::kDisk)] = &disk_;
  server_ = std::make_unique<Server>(std::move(options), *this, pools);
  const Status status = server_->Start();
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TestServer::~TestServer() { server_->Stop(); }

void TestServer::Route(std::string path, std::function<Script()> make) {
  const std::lock_guard lock(mutex_);
  routes_[std::move(path)] = std::move(make);
}

std::string TestServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

std::vector<Ending> TestServer::Endings(size_t count) {
  for (int i = 0; i < 500; ++i) {
    {
      const std::lock_guard lock(mutex_);
      if (endings_.size() >= count) return endings_;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::lock_guard lock(mutex_);
  return endings_;
}

int TestServer::live_exchanges() {
  const std::lock_guard lock(mutex_);
  return live_exchanges_;
}

std::unique_ptr<Exchange> TestServer::Start(const RequestHead& head) {
  std::function<Script()> make;
  {
    const std::lock_guard lock(mutex_);
    const auto found = routes_.find(head.path);
    if (found != routes_.end()) make = found->second;
  }
  Script script;
  if (make) {
    script = make();
  } else {
    script.try_inline = true;
    script.answer = [](const RequestHead&, std::string_view) { return Text("nothing here", 404); };
  }
  return std::make_unique<ScriptExchange>(*this, std::move(script), head);
}

std::string RawAnswer::Header(std::string_view name) const {
  size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const size_t start = at + 2;
    at = head.find("\r\n", start);
    const std::string_view line = std::string_view(head).substr(start, at - start);
    const size_t colon = line.find(": ");
    if (colon != std::string_view::npos && EqualsIgnoreCase(line.substr(0, colon), name)) {
      return std::string(line.substr(colon + 2));
    }
  }
  return "";
}

RawClient::RawClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const timeval limit{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

RawClient::~RawClient() { ::close(fd_); }

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawClient::Fill() {
  char piece[65536];
  const ssize_t got = ::recv(fd_, piece, sizeof piece, 0);
  if (got <= 0) return false;
  received_.append(piece, static_cast<size_t>(got));
  return true;
}

RawAnswer RawClient::Read(bool head_request) {
  RawAnswer answer;
  size_t end;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return answer;
  }
  answer.head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  if (head_request || answer.status == 204 || answer.status == 304 || answer.status < 200) {
    answer.complete = true;
    return answer;
  }
  if (answer.Header("Transfer-Encoding") == "chunked") {
    for (;;) {
      size_t feed;
      while ((feed = received_.find("\r\n")) == std::string::npos) {
        if (!Fill()) return answer;
      }
      const size_t size = std::stoul(received_.substr(0, feed), nullptr, 16);
      while (received_.size() < feed + 2 + size + 2) {
        if (!Fill()) return answer;
      }
      answer.body.append(received_, feed + 2, size);
      received_.erase(0, feed + 2 + size + 2);
      if (size == 0) break;
    }
    answer.complete = true;
    return answer;
  }
  const std::string length = answer.Header("Content-Length");
  if (length.empty()) {
    while (Fill()) continue;
    answer.body = std::move(received_);
    answer.complete = true;
    return answer;
  }
  const size_t size = std::stoul(length);
  while (received_.size() < size) {
    if (!Fill()) break;
  }
  answer.complete = received_.size() >= size;
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

std::string RawClient::ReadAll() {
  while (Fill()) continue;
  return std::move(received_);
}

bool RawClient::AtEnd(int timeout_ms) {
  if (!received_.empty()) return false;
  pollfd poll_fd{fd_, POLLIN, 0};
  if (::poll(&poll_fd, 1, timeout_ms) <= 0) return false;
  char byte;
  return ::recv(fd_, &byte, 1, MSG_PEEK) <= 0;
}

void RawClient::ShutdownWrite() { ::shutdown(fd_, SHUT_WR); }

std::string Get(std::string_view path, std::string_view more_headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) +
         "\r\n";
}

}  // namespace tarn::http
