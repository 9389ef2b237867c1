// One S3 request on its way through the layers: authentication, repository, unsupported
// sub-resources, handler; metrics and the audit line at the end. Level 8; calls never overlap.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "s3gw/call.h"
#include "s3gw/operations/fallback.h"
#include "s3gw/signing/payload.h"
#include "serving/request_life.h"

namespace tarn::s3gw {

/// An operation made ready to serve; one per row, for the life of the server.
struct Route {
  Route(const Operation& row, serving::RequestMetrics& all_metrics)
      : operation(row), metrics(all_metrics, row.kind->id, {}) {}
  const Operation& operation;
  serving::RequestMetrics::Operation metrics;
};

/// What all requests share; outlives them.
struct Services {
  const Parts parts;
  const Options options;
  const std::unique_ptr<Fallback> fallback;  ///< Null when there is none.
};

class GatewayExchange : public http::Exchange {
 public:
  /// `hoisted` is the head with what the query says instead of headers, if it does (hoisted.h).
  GatewayExchange(const Services& services, Route& route, const http::RequestHead& head,
                  std::unique_ptr<const http::RequestHead> hoisted, Target target, Query query);

  http::BodyPlan body_plan() const override;
  bool try_inline() const override { return !may_be_foreign_ && operation().try_inline; }
  http::Pool pool() const override {
    return may_be_foreign_ ? http::Pool::kRemote : operation().pool;
  }
  http::Pool source_pool() const override {
    return is_foreign_ ? http::Pool::kRemote : http::Pool::kDisk;
  }

  std::optional<http::Response> Open() override;
  std::optional<http::Response> Consume(std::span<const char> bytes) override;
  std::optional<http::Response> Answer(std::string_view body) override;
  http::Response TooLarge() override;
  http::Response Busy() override { return *Complete(Error::kSlowDown); }
  int64_t kept_bytes() const override { return static_cast<int64_t>(call_.document_.size()); }
  void Finished(int status, int64_t body_bytes_sent) override;

 private:
  /// How far a request came; errors tell more the further it was.
  enum class Stage : uint8_t {
    kReceived,
    kFound,    ///< Authenticated, and its repository is there.
    kHandled,  ///< The handler runs.
  };
  const Operation& operation() const { return route_.operation; }

  /// All layers before the handler; nothing if it may run.
  std::optional<s3gw::Answer> Admit();
  /// Where buckets may be those of another server: looks, on the io thread, whether it is ours.
  void LookAhead();
  std::optional<s3gw::Answer> Authenticate();
  std::optional<s3gw::Answer> FindRepository();
  std::optional<s3gw::Answer> Authorize() const;
  std::optional<s3gw::Answer> Decide(const auth::Permission& wanted) const;
  std::optional<s3gw::Answer> Refuse() const;
  std::optional<http::Response> OpenForeign();
  /// The response that an answer stands for; nothing when it would block where it must not.
  std::optional<http::Response> Complete(s3gw::Answer answer);
  http::Response ErrorResponse(const Failure& failure) const;
  void AddContentType(http::Response* response) const;

  const Services& services_;
  Route& route_;
  const http::RequestHead& head_;  ///< As sent.
  const std::unique_ptr<const http::RequestHead> hoisted_;
  serving::RequestLife life_;
  Call call_;
  Stage stage_ = Stage::kReceived;
  SignedRequest signed_;
  std::unique_ptr<Payload> payload_;
  std::unique_ptr<BodyTaker> taker_;
  bool may_be_foreign_ = false;  ///< The bucket is not known to be a repository.
  bool is_foreign_ = false;      ///< It is none: the request is passed on.
  std::unique_ptr<ForeignCall> foreign_;
};

}  // namespace tarn::s3gw
