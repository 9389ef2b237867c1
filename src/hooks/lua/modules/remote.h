// Calls of modules to other servers. Level 7; one thread.
#pragma once

#include <string>
#include <string_view>

#include "hooks/lua/call.h"

namespace tarn::hooks::lua {

/// Sends a request within the script's limits on time and memory. REQUIRES a network.
Result<Network::Answer> Send(Call& call, Network::Request request);

/// What a client of Amazon's cloud was made with: the texts that its functions captured.
struct AwsClient {
  explicit AwsClient(const Call& call)
      : access_key_id(call.Captured(0)),
        secret_access_key(call.Captured(1)),
        region(call.Captured(2)),
        endpoint(call.Captured(3)) {}
  std::string_view access_key_id, secret_access_key, region, endpoint;
};

struct AwsRequest {
  std::string_view method, service;
  std::string base;  ///< "https://host:port"
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Signs and sends a request.
Result<Network::Answer> SendSigned(Call& call, const AwsClient& client, AwsRequest request);

/// key, secret[, region[, endpoint]] of a client that is being made, as texts to capture.
Result<std::vector<std::string>> ReadAwsClient(Call& call);

}  // namespace tarn::hooks::lua
