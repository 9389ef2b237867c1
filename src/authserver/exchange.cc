#include "authserver/exchange.h"

#include <fmt/format.h>

#include <algorithm>

#include "authserver/answers.h"
#include "authserver/call_log.h"
#include "authserver/error_table.h"
#include "authserver/missing.h"
#include "base/log.h"

namespace tarn::authserver {
namespace {

constexpr std::string_view kRequestId = "X-Request-ID";

class RefusedExchange : public http::Exchange {
 public:
  RefusedExchange(const http::RequestHead& head, const Status& why)
      : log_(head), why_(why), response_(ErrorAnswer(why)) {}
  http::BodyPlan body_plan() const override { return http::BodyPlan::kNone; }
  bool try_inline() const override { return true; }
  std::optional<http::Response> Answer(std::string_view) override {
    response_.Add(kRequestId, log_.request_id());
    return std::move(response_);
  }
  http::Response TooLarge() override { return ErrorAnswer(why_); }
  void Finished(int status, int64_t) override { log_.Write("", status); }

 private:
  const CallLog log_;
  const Status why_;
  http::Response response_;
};

}  // namespace

CallExchange::CallExchange(const Services& services, const Operation& operation,
                           const http::RequestHead& head, const serving::PathSegments& segments)
    : head_(head), segments_(segments), log_(head), call_(services, operation) {}

http::BodyPlan CallExchange::body_plan() const {
  return call_.operation().body.empty() ? http::BodyPlan::kNone : http::BodyPlan::kBuffered;
}

Result<http::Response> CallExchange::Run(std::string_view body) {
  TARN_TRY(call_.Read(segments_.view(), head_.query, body));
  auto answer = call_.operation().handler(call_);
  if (answer.code() == Code::kNotFound || answer.code() == Code::kUserNotFound)
    return NameMissing(call_, answer.status());
  return answer;
}

http::Response CallExchange::Refuse(const Status& failure) const {
  if (ErrorRowOf(failure.code()).status >= 500) {
    TARN_LOG_ERROR("authorization operation={} request_id={} {}", call_.operation().id,
                   log_.request_id(), failure.ToString());
  }
  return ErrorAnswer(failure);
}

std::optional<http::Response> CallExchange::Answer(std::string_view body) {
  Result<http::Response> result = Run(body);
  http::Response answer = result.ok() ? *std::move(result) : Refuse(result.status());
  answer.Add(kRequestId, log_.request_id());
  return answer;
}

http::Response CallExchange::TooLarge() {
  return ErrorAnswer(
      {Code::kTooLarge, fmt::format("the body is larger than {} bytes", kBodyBytesMax)});
}

http::Response CallExchange::Busy() {
  http::Response response = ErrorAnswer({Code::kSlowDown, "the server is busy"});
  response.Add("Retry-After", "1");
  return response;
}

void CallExchange::Finished(int status, int64_t) { log_.Write(call_.operation().id, status); }

std::unique_ptr<http::Exchange> RefuseCall(const http::RequestHead& head, const Status& why) {
  return std::make_unique<RefusedExchange>(head, why);
}

}  // namespace tarn::authserver
