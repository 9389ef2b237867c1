// A server on loopback with exchanges made of functions, and a raw client that sends any bytes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace tarn::http {

/// An exchange whose parts are functions; those left out do what the interface's defaults do.
struct Script {
  BodyPlan plan = BodyPlan::kNone;
  int64_t body_bytes_max = 0;
  bool try_inline = false;
  Pool pool = Pool::kMeta;
  std::string lane = {};
  std::function<std::optional<Response>()> open;
  std::function<std::optional<Response>(std::span<const char>)> consume;
  std::function<int64_t()> kept_bytes;
  std::function<std::optional<Response>(const RequestHead&, std::string_view)> answer;
};

/// The same pool for all classes of work.
ServerPools OnePool(runtime::WorkerPool& pool);

/// Text as an answer.
Response Text(std::string text, int status = 200);

/// What Finished() was told.
struct Ending {
  std::string path;
  int status = 0;
  int64_t body_bytes_sent = 0;
};

/// A running server; routes are exact paths.
class TestServer : public Handler {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer() override;

  /// Before or between requests.
  void Route(std::string path, std::function<Script()> make);
  uint16_t port() const { return server_->port(); }
  std::string url(std::string_view path) const;
  Server& server() { return *server_; }
  /// Endings so far; waits up to some seconds until there are `count`.
  std::vector<Ending> Endings(size_t count);
  /// Exchanges that were freed on an io thread or a pool.
  int live_exchanges();

  std::unique_ptr<Exchange> Start(const RequestHead& head) override;

 private:
  friend class ScriptExchange;
  std::mutex mutex_;
  std::map<std::string, std::function<Script()>, std::less<>> routes_;
  std::vector<Ending> endings_;
  int live_exchanges_ = 0;
  runtime::WorkerPool meta_, disk_, verbs_;
  std::unique_ptr<Server> server_;
};

/// One answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::string head;  ///< Status line and headers.
  std::string body;  ///< With chunks joined.
  bool complete = false;

  /// Value of a header, or "".
  std::string Header(std::string_view name) const;
};

/// A blocking socket that sends exactly what it is told.
class RawClient {
 public:
  explicit RawClient(uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False if the peer closed before all was sent.
  bool Send(std::string_view bytes);
  /// Reads one answer; `head_request`: it has no body whatever it announces.
  RawAnswer Read(bool head_request = false);
  RawAnswer Ask(std::string_view bytes) {
    Send(bytes);
    return Read();
  }
  /// Everything up to the end of the connection.
  std::string ReadAll();
  /// True when the peer ended the connection within the time.
  bool AtEnd(int timeout_ms = 3000);
  void ShutdownWrite();
  int fd() const { return fd_; }

 private:
  bool Fill();
  int fd_;
  std::string received_;
};

/// A GET request.
std::string Get(std::string_view path, std::string_view more_headers = "");

}  // namespace tarn::http
