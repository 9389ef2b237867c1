// Where the server of DynamoDB is. Level 3; pure function.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::kv::dynamodb {

struct Endpoint {
  std::string server;  ///< "https://host:port": where to connect.
  std::string host;    ///< Of the Host header.
  std::string path;    ///< Begins with '/', not escaped.
};

/// That of `url`; that of the region in Amazon's cloud where it is empty. kInvalidValue for a URL
/// that is none.
Result<Endpoint> EndpointOf(const std::string& url, std::string_view region);

}  // namespace tarn::kv::dynamodb
