// The REST API over a core in memory, driven as the HTTP server drives it. Level 8, tests only.
#pragma once

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/schema.h"
#include "auth/testing/policies.h"
#include "base/blocking.h"
#include "codec/base64.h"
#include "rest/api.h"
#include "serving/ready_exchange.h"
#include "serving/usage.h"
#include "versioning/testing/world.h"

namespace tarn::rest::testing {

struct Answered {
  int status = 0;
  std::string headers, body;
  int64_t length = 0;  ///< Of the body, or as it is announced without one.
  bool refused_early = false;
};

struct Sent {
  std::string method = "GET";
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool with_credentials = true;
  size_t piece = 1 << 16;
};

inline constexpr int kGatewayStatus = 299;
inline constexpr int kWebUiStatus = 298;

/// Answers everything with a status that nothing else has.
class MarkingHandler : public http::Handler {
 public:
  explicit MarkingHandler(int status) : status_(status) {}
  std::unique_ptr<http::Exchange> Start(const http::RequestHead&) override {
    http::Response response;
    response.status = status_;
    return serving::ReadyExchange(std::move(response));
  }

 private:
  const int status_;
};

class ApiTest : public ::testing::Test {
 protected:
  /// With policies a user may do what `policies_` give, which is nothing before something is given.
  enum class Rights { kEverything, kPolicies };
  explicit ApiTest(Rights rights = Rights::kEverything)
      : mode_(rights == Rights::kPolicies ? auth::Mode::kInternal : auth::Mode::kNone),
        authorizer_(rights == Rights::kPolicies ? &policies_ : nullptr) {
    EXPECT_TRUE(auth::EnsureSchema(*world_.kv).ok());
    key_ = versioning::testing::Must(auth_.SetUp({.username = "admin"}));
    credentials_ = "Basic " + EncodeBase64(key_.access_key_id + ":" + key_.secret_access_key);
  }

  /// Drives one exchange as the server does.
  Answered Send(Sent sent) {
    if (sent.with_credentials) sent.headers.emplace_back("Authorization", credentials_);
    http::RequestHead head;
    head.method = sent.method;
    head.target = sent.target;
    head.path = head.target.substr(0, head.target.find('?'));
    if (head.path.size() < head.target.size())
      head.query = head.target.substr(head.path.size() + 1);
    for (const auto& [name, value] : sent.headers) head.headers.emplace_back(name, value);
    head.content_length = static_cast<int64_t>(sent.body.size());
    const auto exchange = api_.Start(head);
    Answered answered = Take(Drive(*exchange, sent));
    exchange->Finished(answered.status, static_cast<int64_t>(answered.body.size()));
    return answered;
  }
  Answered Get(std::string target) { return Send({.target = std::move(target)}); }
  Answered Json(std::string method, std::string target, std::string body) {
    return Send({.method = std::move(method),
                 .target = std::move(target),
                 .headers = {{"Content-Type", "application/json"}},
                 .body = std::move(body)});
  }
  Answered Upload(std::string path, std::string body, std::string type = "text/plain") {
    return Send({.method = "POST",
                 .target = kObjects + "?path=" + path,
                 .headers = {{"Content-Type", std::move(type)}},
                 .body = std::move(body)});
  }

  std::optional<http::Response> Drive(http::Exchange& exchange, const Sent& sent) {
    if (exchange.body_plan() != http::BodyPlan::kStreamed) {
      if (exchange.body_plan() == http::BodyPlan::kBuffered &&
          static_cast<int64_t>(sent.body.size()) > exchange.body_bytes_max())
        return exchange.TooLarge();
      if (static_cast<int64_t>(sent.body.size()) > http::kUnopenedBytesMax) {
        if (auto refused = exchange.Open()) return refused;
      }
      const std::string_view body =
          exchange.body_plan() == http::BodyPlan::kBuffered ? sent.body : std::string_view();
      if (exchange.try_inline()) {
        const NoBlockingScope scope;
        if (auto response = exchange.Answer(body)) return response;
      }
      return exchange.Answer(body);
    }
    early_ = true;
    if (auto refused = exchange.Open()) return refused;
    std::string_view rest = sent.body;
    while (!rest.empty()) {
      const std::string_view piece = rest.substr(0, sent.piece);
      rest.remove_prefix(piece.size());
      if (auto refused = exchange.Consume(piece)) return refused;
    }
    early_ = false;
    return exchange.Answer("");
  }

  Answered Take(std::optional<http::Response> response) {
    Answered answered{.refused_early = early_};
    early_ = false;
    EXPECT_TRUE(response);
    if (!response) return answered;
    answered.status = response->status;
    answered.headers = response->headers;
    if (auto* text = std::get_if<std::string>(&response->body)) answered.body = *text;
    auto* stream = std::get_if<http::StreamBody>(&response->body);
    if (stream) {
      std::array<char, 7> buffer;
      for (size_t n = 1; n > 0; answered.body.append(buffer.data(), n))
        n = versioning::testing::Must(stream->source->Read(buffer));
    }
    answered.length =
        response->announced_length.value_or(static_cast<int64_t>(answered.body.size()));
    return answered;
  }

  const std::string kRepo = "/api/v1/repositories/repo";
  const std::string kObjects = kRepo + "/branches/main/objects";
  versioning::testing::World world_;
  const auth::Mode mode_;
  auth::Service auth_{
      *world_.kv, world_.clock, *world_.random, {.mode = mode_, .secret_key = "secret"}};
  auth::testing::GivenPolicies policies_;
  const auth::Authorizer authorizer_;
  catalog::Catalog catalog_{world_.context};
  runtime::BackgroundPool jobs_{{.name = "background"}};
  versioning::JobEngine engine_{world_.context, {jobs_, jobs_}};
  prometheus::Registry metrics_;
  serving::UsageCounter usage_{*world_.kv, world_.clock, *world_.random};
  MarkingHandler gateway_{kGatewayStatus}, web_ui_{kWebUiStatus};
  Api api_{{catalog_, auth_, authorizer_, engine_, metrics_, usage_, &gateway_, &web_ui_},
           {.external_principals = true, .version = "9.9"}};
  auth::Credentials key_;
  std::string credentials_;
  bool early_ = false;
};

}  // namespace tarn::rest::testing
