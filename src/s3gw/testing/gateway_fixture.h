// The S3 gateway over a core in memory, driven as the HTTP server drives it. Requests are signed in
// as the REST API does it. Level 8, tests only.
#pragma once

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <optional>
#include <string>
#include <string_view>

#include "auth/schema.h"
#include "auth/testing/recorded_permissions.h"
#include "codec/base64.h"
#include "s3gw/gateway.h"
#include "serving/usage.h"
#include "versioning/testing/world.h"

namespace tarn::s3gw::testing {

struct Answered {
  int status = 0;
  std::string headers, body;
};

/// A request's head with what it borrows.
struct Head {
  explicit Head(const auth::testing::RecordedRequest& request,
                std::string_view authorization = "") {
    head.method = request.method;
    head.target = request.target;
    head.path = head.target.substr(0, head.target.find('?'));
    if (head.path.size() < head.target.size())
      head.query = head.target.substr(head.path.size() + 1);
    for (const auto& [name, value] : request.headers) head.headers.emplace_back(name, value);
    if (!authorization.empty()) head.headers.emplace_back("Authorization", authorization);
    head.content_length = static_cast<int64_t>(request.body.size());
  }
  http::RequestHead head;
};

class GatewayTest : public ::testing::Test {
 protected:
  /// With policies a user may do what `policies_` give, which is nothing before something is given.
  enum class Rights { kEverything, kPolicies };
  explicit GatewayTest(Rights rights = Rights::kEverything)
      : authorizer_(rights == Rights::kPolicies ? &policies_ : nullptr) {
    EXPECT_TRUE(auth::EnsureSchema(*world_.kv).ok());
    const auto key = versioning::testing::Must(auth_.SetUp({.username = "admin"}));
    credentials_ = "Basic " + EncodeBase64(key.access_key_id + ":" + key.secret_access_key);
  }

  /// Drives one exchange as the server does.
  Answered Send(const auth::testing::RecordedRequest& request) {
    const Head made(request, credentials_);
    const auto exchange = gateway_.Start(made.head);
    std::optional<http::Response> response;
    if (exchange->body_plan() == http::BodyPlan::kStreamed) {
      response = exchange->Open();
      if (!response && !request.body.empty()) response = exchange->Consume(request.body);
      if (!response) response = exchange->Answer("");
    } else {
      response = exchange->Answer("");
    }
    EXPECT_TRUE(response);
    Answered answered;
    if (!response) return answered;
    answered.status = response->status;
    answered.headers = response->headers;
    if (const auto* text = std::get_if<std::string>(&response->body)) answered.body = *text;
    exchange->Finished(answered.status, 0);
    return answered;
  }
  versioning::testing::World world_;
  auth::Service auth_{*world_.kv, world_.clock, *world_.random, {.secret_key = "secret"}};
  auth::testing::GivenPolicies policies_;
  const auth::Authorizer authorizer_;
  catalog::Catalog catalog_{world_.context};
  prometheus::Registry metrics_;
  serving::UsageCounter usage_{*world_.kv, world_.clock, *world_.random};
  Gateway gateway_{{catalog_, auth_, authorizer_, metrics_, usage_}, {}};
  std::string credentials_;
};

}  // namespace tarn::s3gw::testing
