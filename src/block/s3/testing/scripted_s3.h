// Clients of a scripted server, and its answers as S3 gives them. Header only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "block/s3/client.h"
#include "http/testing/scripted_server.h"

namespace tarn::block::s3 {

using http::Asked;
using http::RetryAtOnce;
using ScriptedS3 = http::ScriptedServer;

inline http::Response XmlAnswer(std::string text, int status = 200) {
  http::Response response;
  response.status = status;
  response.Add("Content-Type", "application/xml");
  response.body = std::move(text);
  return response;
}

/// Lasting keys, or others with each call.
class TestKeys : public http::aws::CredentialSource {
 public:
  explicit TestKeys(int* fetched = nullptr) : fetched_(fetched) {}
  Result<std::optional<http::aws::Credentials>> Fetch() override {
    const int number = fetched_ == nullptr ? 1 : ++*fetched_;
    return std::optional(
        http::aws::Credentials{"KEY" + std::to_string(number), "very-secret", "session-token", {}});
  }

 private:
  int* const fetched_;
};

inline ClientOptions OptionsFor(const std::string& url) {
  ClientOptions options;
  options.endpoint = {url, true};
  options.region = "us-east-1";
  options.discover_regions = false;
  options.transport.stall_timeout_ms = 5000;
  return options;
}

}  // namespace tarn::block::s3
