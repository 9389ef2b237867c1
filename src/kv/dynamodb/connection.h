// What the calls of one store share: the client, how often they are made, the table. Level 3;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/retrier.h"
#include "kv/dynamodb/client.h"

namespace tarn::kv::dynamodb {

/// Outlives those who use it.
struct Connection {
  Client client;
  Retrier retrier;
  const std::string table;
  const int64_t page_records_max;

  /// A call whose repetition does no harm, as often as needed.
  Result<Json> Call(std::string_view operation, const std::string& body) {
    return retrier.Call([&] { return client.Call(operation, body); });
  }
};

}  // namespace tarn::kv::dynamodb
