// URLs of Google Cloud Storage that a service account has signed (V4 signing). Level 3; pure
// functions.
//
// Source: "V4 signing process with your own program" of the Cloud Storage documentation; vectors of
// the conformance tests that Google's own libraries pass.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "block/gs/client.h"
#include "block/gs/service_account.h"

namespace tarn::block::gs {

/// What a URL shall allow. Borrowed.
struct UrlRequest {
  std::string_view method;
  Place place;
  QueryPairs query = {};
};

/// Good for `seconds` from `now_seconds` on.
Result<std::string> SignUrl(const ServiceAccount& account, const Endpoint& endpoint,
                            const UrlRequest& request, int64_t now_seconds, int64_t seconds);

}  // namespace tarn::block::gs
