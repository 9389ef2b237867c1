// Sends requests to Google Cloud Storage, with a token, over kept connections; each once. Level 3;
// thread-safe. Everything waits (kWouldBlock where that is not allowed).
//
// What cannot be sent or is refused in passing is kSlowDown. A token that is refused is replaced,
// and the request sent once more.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "block/gs/encryption.h"
#include "block/gs/paths.h"
#include "block/gs/tokens.h"
#include "block/remote/location.h"
#include "http/answer.h"
#include "http/transfer.h"

namespace tarn::block::gs {

using http::Answer;
using remote::Location;
using remote::Place;
using remote::TextOf;

/// Where requests go: "scheme://host:port", and that without the scheme.
struct Endpoint {
  std::string server, host;
};
/// Of a URL, or "host:port" as emulators are named; empty: the cloud's. kInvalidValue.
Result<Endpoint> EndpointOf(std::string_view text);

/// A request, without what every request has.
struct Request {
  std::string_view operation;  ///< As the reference calls it, for messages.
  std::string method = "GET";
  Place place;       ///< For messages.
  std::string path;  ///< Escaped, as of paths.h.
  QueryPairs query = {};
  Headers headers = {};
  /// Of PUT and POST, in pieces; the length is told also if there are none.
  std::vector<std::string_view> body = {};
  int answered_by = 0;  ///< A status beyond 200 to 299 that is an answer, no failure.
  /// Asked while the store is waited for; true ends the request with kCancelled.
  std::function<bool()> is_abandoned = nullptr;
};

class Client {
 public:
  /// The clock outlives the client, and the client its answers.
  Client(Endpoint endpoint, const http::ClientOptions& transport,
         std::unique_ptr<TokenSource> tokens, Clock& clock);

  const Endpoint& endpoint() const { return endpoint_; }
  /// An answer of success. Failures of failures.h; kSlowDown where nobody answers.
  Result<std::unique_ptr<Answer>> Send(const Request& request);
  /// The same with a body that is a document.
  Result<std::string> Call(const Request& request);

 private:
  Result<std::unique_ptr<Answer>> Try(const Request& request, const Token& token);

  const Endpoint endpoint_;
  TokenCache tokens_;
  http::TransferClient transfers_;
};

}  // namespace tarn::block::gs
