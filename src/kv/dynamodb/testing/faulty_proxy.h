// A server on loopback that passes requests on to a real DynamoDB, or not: by a seed it refuses
// some, cuts some off before or after they are carried out, and says that it failed. Header only.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>

#include "http/answer.h"
#include "http/testing/test_server.h"

namespace tarn::kv::dynamodb {

/// Out of a hundred requests. Those of the first kind are certainly not carried out, of the others
/// the client cannot know.
struct ProxyFaults {
  uint32_t throttled = 0;
  uint32_t cut_before = 0, cut_after = 0, failed_after = 0;
};

class FaultyProxy {
 public:
  /// `doubtful_conditions`: conditional writes suffer all kinds of faults, else the first only.
  FaultyProxy(std::string url, uint32_t seed, ProxyFaults faults, bool doubtful_conditions)
      : url_(std::move(url)),
        faults_(faults),
        doubtful_conditions_(doubtful_conditions),
        random_(seed),
        upstream_({.stall_timeout_ms = 20'000}) {
    server_.Route("/", [this] {
      http::Script script;
      script.plan = http::BodyPlan::kBuffered;
      script.body_bytes_max = 32 << 20;
      script.answer = [this](const http::RequestHead& head, std::string_view body) {
        return Answer(head, body);
      };
      script.open = [] { return std::optional<http::Response>(); };
      return script;
    });
  }
  std::string url() const { return server_.url(""); }
  int faults() const { return count_; }

 private:
  enum class Fault { kNone, kThrottled, kCutBefore, kCutAfter, kFailedAfter };

  /// Ends before the length that was announced.
  class Nothing : public http::BodySource {
   public:
    Result<size_t> Read(std::span<char>) override { return Status(Code::kIo, "cut"); }
  };

  Fault Draw(bool is_conditional) {
    const std::lock_guard lock(mutex_);
    uint32_t drawn = random_() % 100;
    const auto falls = [&](uint32_t share) {
      if (drawn < share) return true;
      drawn -= share;
      return false;
    };
    if (falls(faults_.throttled)) return Fault::kThrottled;
    if (is_conditional && !doubtful_conditions_) return Fault::kNone;
    if (falls(faults_.cut_before)) return Fault::kCutBefore;
    if (falls(faults_.cut_after)) return Fault::kCutAfter;
    return falls(faults_.failed_after) ? Fault::kFailedAfter : Fault::kNone;
  }

  static http::Response Failure(int status, std::string_view type) {
    return http::Text("{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + std::string(type) +
                          "\",\"message\":\"by the test\"}",
                      status);
  }
  static http::Response Cut() {
    http::Response response;
    response.body = http::StreamBody{std::make_unique<Nothing>(), 100};
    return response;
  }

  http::Response Answer(const http::RequestHead& head, std::string_view body) {
    const Fault fault = Draw(body.find("ConditionExpression") != std::string_view::npos &&
                             body.find("KeyConditionExpression") == std::string_view::npos);
    if (fault != Fault::kNone) ++count_;
    if (fault == Fault::kThrottled) {
      return Failure(400, "ProvisionedThroughputExceededException");
    }
    if (fault == Fault::kCutBefore) return Cut();
    http::Response passed = PassOn(head, body);
    if (fault == Fault::kCutAfter) return Cut();
    return fault == Fault::kFailedAfter ? Failure(500, "InternalServerError") : std::move(passed);
  }

  http::Response PassOn(const http::RequestHead& head, std::string_view body) {
    http::TransferRequest request;
    request.method = head.method;
    request.url = url_;
    request.target = head.target;
    for (const auto& [name, value] : head.headers) {
      if (!http::EqualsIgnoreCase(name, "Content-Length"))
        request.headers.emplace_back(name, value);
    }
    request.has_body = true;
    request.body_length = static_cast<int64_t>(body.size());
    auto answer = http::Call(upstream_, request, body);
    if (!answer.ok()) return Failure(500, "InternalServerError");
    auto text = (*answer)->ReadAll(64 << 20);
    if (!text.ok()) return Failure(500, "InternalServerError");
    return http::Text(*std::move(text), (*answer)->status());
  }

  const std::string url_;
  const ProxyFaults faults_;
  const bool doubtful_conditions_;
  std::mutex mutex_;
  std::mt19937 random_;
  std::atomic<int> count_ = 0;
  http::TransferClient upstream_;
  http::TestServer server_;  // Last: it uses the rest.
};

}  // namespace tarn::kv::dynamodb
