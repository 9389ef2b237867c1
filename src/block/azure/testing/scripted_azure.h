// What tests of the client and the store of Azure share. Header only.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "block/azure/client.h"
#include "http/testing/scripted_server.h"

namespace tarn::block::azure {

using http::Asked;
using http::RetryAtOnce;
using http::ScriptedServer;

inline http::Response XmlAnswer(std::string text, int status = 200) {
  http::Response response;
  response.status = status;
  response.Add("Content-Type", "application/xml");
  response.body = std::move(text);
  return response;
}

/// A refusal, as the service writes it.
inline http::Response Refusal(std::string_view code, int status) {
  http::Response response = XmlAnswer(
      "<Error><Code>" + std::string(code) + "</Code><Message>no.\nTime</Message></Error>", status);
  response.Add("x-ms-error-code", code);
  return response;
}

/// An answer about a blob.
inline http::Response BlobAnswer(std::string bytes = "", int status = 200) {
  http::Response response = http::Text(std::move(bytes), status);
  response.Add("ETag", "\"0x8\"").Add("Last-Modified", "Fri, 24 May 2013 00:00:00 GMT");
  return response;
}

/// Other tokens with each call.
class TestTokens : public TokenSource {
 public:
  Result<std::optional<AccessToken>> Fetch() override {
    return std::optional(AccessToken{"token" + std::to_string(++count_), {}});
  }

 private:
  int count_ = 0;
};

/// Of an emulator, with a key for account "account".
inline ClientOptions OptionsFor(const std::string& url) {
  ClientOptions options;
  options.test_url = url + "/account";
  options.key = {"account", "secret"};
  options.transport.stall_timeout_ms = 5000;
  return options;
}

}  // namespace tarn::block::azure
