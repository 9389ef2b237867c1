// One request on its way: what it says, its handler, its line in the log. Level 8; calls never
// overlap.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "authserver/call.h"
#include "authserver/call_log.h"
#include "http/exchange.h"
#include "serving/router.h"

namespace tarn::authserver {

class CallExchange : public http::Exchange {
 public:
  /// Of a caller who may ask.
  CallExchange(const Services& services, const Operation& operation, const http::RequestHead& head,
               const serving::PathSegments& segments);

  http::BodyPlan body_plan() const override;
  int64_t body_bytes_max() const override { return kBodyBytesMax; }
  std::optional<http::Response> Answer(std::string_view body) override;
  http::Response TooLarge() override;
  http::Response Busy() override;
  void Finished(int status, int64_t body_bytes_sent) override;

 private:
  Result<http::Response> Run(std::string_view body);
  http::Response Refuse(const Status& failure) const;

  const http::RequestHead& head_;
  const serving::PathSegments segments_;
  const CallLog log_;
  Call call_;
};

/// An answer that needs no handler, to a call that is refused or that there is none of.
std::unique_ptr<http::Exchange> RefuseCall(const http::RequestHead& head, const Status& why);

}  // namespace tarn::authserver
