// Requests to a handler of this process, without a socket and on the thread of the caller. Level 2;
// thread-safe, waits.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/exchange.h"

namespace tarn::http {

struct LocalRequest {
  std::string method;
  std::string target;  ///< Path and query, escaped.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct LocalAnswer {
  int status = 0;
  std::string body;
};

/// What the handler answers. kTooLarge for a body of more than `body_bytes_max`; the failure of
/// whoever reads the body.
Result<LocalAnswer> CallHandler(Handler& handler, const LocalRequest& request,
                                size_t body_bytes_max);

}  // namespace tarn::http
