// A small blocking HTTP/1.1 client for the command line, over libcurl (its headers stay in
// client.cc).
//
// One Client keeps its connection alive between calls. Redirects are not followed, proxies come
// from the environment as usual. Level 2; one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace tarn::http {

struct ClientOptions {
  std::string user_agent = "tarn";
  int64_t connect_timeout_ms = 10'000;
  int64_t stall_timeout_ms = 60'000;   ///< Nearly no byte for so long ends a call. 0: never.
  int64_t call_timeout_ms = 0;         ///< For the whole of a Client's call. 0: any time.
  int64_t body_bytes_max = 256 << 20;  ///< Of a body that is kept in memory.
  std::string ca_file;                 ///< PEM; empty: SSL_CERT_FILE, else the system's.
  bool verify_tls = true;
  bool use_proxies = true;  ///< Those of the environment.
};

struct ClientRequest {
  std::string method = "GET";
  std::string url;  ///< http:// or https://, path and query already escaped.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Instead of `body`: streamed, with a length or chunked. Borrowed for the call.
  BodySource* source = nullptr;
  std::optional<int64_t> source_length;
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// First header of that name (any case), or nothing.
  std::optional<std::string_view> Find(std::string_view name) const;
};

class Client {
 public:
  /// Takes a piece of a body; a failure ends the call with that status.
  using Sink = std::function<Status(std::span<const char>)>;

  explicit Client(ClientOptions options = {});
  ~Client();

  /// Sends a request and reads the whole answer, whatever its status. kIo with a sentence when the
  /// server cannot be reached or the connection breaks, kInvalidValue for a bad URL, kTooLarge over
  /// body_bytes_max.
  Result<ClientResponse> Do(const ClientRequest& request);
  /// The same, but the body of an answer with status 200 to 299 goes to `sink` piece by piece.
  Result<ClientResponse> Download(const ClientRequest& request, const Sink& sink);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::http
