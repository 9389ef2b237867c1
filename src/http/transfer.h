// HTTP calls whose bodies their owner pushes and pulls piece by piece, for requests that are passed
// on: nothing is kept but what is under way (two buffers of 64 KiB).
//
// The calling thread waits for the server; between calls the connection rests. Redirects are not
// followed, proxies come from the environment. Over libcurl, like client.h. Level 2; TransferClient
// is thread-safe, a Transfer belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/client.h"

namespace tarn::http {

/// Most bytes of the head of an answer.
inline constexpr size_t kTransferHeadBytesMax = 256 << 10;
/// Connections that are kept for the next calls, the ones used last; to all servers together.
inline constexpr size_t kIdleTransferConnectionsMax = 32;

struct TransferRequest {
  std::string method;
  std::string url;     ///< Scheme, host and port say where to connect.
  std::string target;  ///< Path and query as they are sent.
  /// Sent as they are, Host among them; length and framing are added, nothing else is.
  std::vector<std::pair<std::string, std::string>> headers;
  bool has_body = false;
  std::optional<int64_t> body_length;  ///< None: chunked.
  /// Asked about once a second while the server is waited for; true ends the call.
  std::function<bool()> is_abandoned;
};

/// One call. After a failure all that is left is to destroy it; destroying it before the end of the
/// answer breaks the connection. Failures: kIo with a sentence, kCancelled when it was abandoned.
class Transfer {
 public:
  ~Transfer();

  /// Sends the head of a request that has a body; comes back when the server wants the body, or
  /// has answered.
  Status Begin();
  /// Sends a piece of the body, unless refused().
  Status Write(std::span<const char> bytes);
  /// The body, if any, is complete: waits for the head of the answer.
  Status Finish();
  /// True when the server answered with an error before it had the whole body.
  bool refused() const;
  /// Status and headers, once Finish() came back or refused() is true.
  const ClientResponse& answer() const;
  /// Reads from the body of the answer; 0 is its end.
  Result<size_t> Read(std::span<char> out);

 private:
  friend class TransferClient;
  class Impl;
  explicit Transfer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Makes transfers and keeps their connections, each for calls to the server that it leads to;
/// outlives them.
class TransferClient {
 public:
  /// Of the options, those about time and TLS count.
  explicit TransferClient(ClientOptions options);
  ~TransferClient();
  Result<std::unique_ptr<Transfer>> Start(TransferRequest request);

 private:
  friend class Transfer;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::http
