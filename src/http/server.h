// HTTP/1.1 server: keep-alive, pipelining, chunked bodies, Expect, HEAD, TLS, limits, graceful
// drain.
//
// One io_context per thread, a connection lives and dies on its thread; Asio and Beast stay inside
// the .cc files. Level 2; Server is thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/exchange.h"
#include "runtime/worker_pool.h"

namespace tarn::http {

struct TlsOptions {
  std::string certificate_file, key_file;  ///< PEM.
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8000;  ///< 0: any free one.
  int io_threads = 0;    ///< 0: one per core.
  std::optional<TlsOptions> tls;
  int64_t head_bytes_max = 1 << 20;  ///< Request line and headers.
  int header_count_max = 200;
  int connections_max = 10000;
  int64_t head_timeout_ms = 60'000;   ///< From the first byte of a head to its end.
  int64_t idle_timeout_ms = 180'000;  ///< Between requests.
  /// How long a client is waited for, either way, until body_window_bytes_min of a body have moved,
  /// or all that is left of it.
  int64_t body_stall_timeout_ms = 60'000;
  int64_t body_window_bytes_min = 32 << 10;
  /// Memory of unfinished heads, buffered bodies, pieces of uploads and unsent answers, over all
  /// connections. Heads, and what is sent without credentials, may take half of it.
  int64_t buffered_bytes_max = 128 << 20;
  int64_t drain_timeout_ms = 30'000;  ///< Of a graceful stop.
};

/// By class of work. Null for a class that no exchange asks for; one may serve several.
using ServerPools = std::array<runtime::WorkerPool*, kPoolCount>;

class Server {
 public:
  Server(ServerOptions options, Handler& handler, ServerPools pools);
  ~Server();
  /// Binds and starts serving. kAlreadyExists with "address already in use" text when the port is
  /// busy.
  Status Start();
  uint16_t port() const;
  /// Stops accepting, lets running requests finish within drain_timeout_ms, closes the rest.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::http
