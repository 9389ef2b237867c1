// Calls to servers that users name: checked addresses, a limit on time, bounded answers, nothing
// followed by itself, nothing sent twice. Level 2; thread-safe.
//
// The address is checked where the connection is made, so a name cannot stand for another address
// by then. Failures are told in the words of the reference's HTTP library, which users know.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/address_policy.h"

namespace tarn::http {

struct GuardedRequest {
  std::string method;
  std::string url;  ///< http:// or https://, escaped; without user information.
  /// Sent as they are, but for blanks around values.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool has_body = false;
  int64_t timeout_ms = 0;  ///< For all of it; positive.
  /// Asked about now and then; true ends the call.
  std::function<bool()> is_cancelled;
};

struct GuardedAnswer {
  int status = 0;
  std::string status_line;  ///< "HTTP/1.1 200 OK"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;     ///< Unpacked.
  bool is_cut = false;  ///< There was more of the body than is kept.
  /// Why the body broke off; OK if it did not.
  Status broken;

  /// First header of that name (any case), or "".
  std::string_view Get(std::string_view name) const;
};

struct GuardedOptions {
  AddressPolicy policy;
  size_t body_bytes_max = 1 << 20;
};

class GuardedClient {
 public:
  explicit GuardedClient(GuardedOptions options) : options_(std::move(options)) {}

  /// One request, one answer, whatever its status; comes back with what there is of an answer whose
  /// head is complete. kIo: "EOF", "dial tcp 127.0.0.1:1: connect: connection refused", "context
  /// deadline exceeded (Client.Timeout exceeded while awaiting headers)" and so on; kForbidden for
  /// an address that is not allowed; kCancelled.
  Result<GuardedAnswer> Do(const GuardedRequest& request) const;

 private:
  const GuardedOptions options_;
};

}  // namespace tarn::http
