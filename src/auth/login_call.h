// Calls to services that know who signs in: a document there, a document back. Level 7;
// thread-safe, waits.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "codec/json.h"

namespace tarn::auth {

struct LoginAnswer {
  int status = 0;
  Json body;  ///< Null where it is no JSON, or larger than such a document is.
  bool is_success() const { return status >= 200 && status < 300; }
};

/// Sends a document by POST. kSlowDown where there is no answer in that time; why is in the log.
Result<LoginAnswer> PostDocument(const std::string& url, const Json& document, int64_t timeout_ms);

/// The failure of a service that is to answer and does not.
Status ServiceDown();

}  // namespace tarn::auth
