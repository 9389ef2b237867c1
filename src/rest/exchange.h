// One request of an operation on its way through the layers: validation, request id,
// authentication, binding, authorization, handler; metrics and the audit line at the end.
// Level 8; calls never overlap.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "http/exchange.h"
#include "rest/call.h"
#include "rest/contract/schemas.h"
#include "serving/request_life.h"
#include "serving/router.h"

namespace tarn::rest {

/// An operation made ready to serve; one per row, for the life of the server.
struct Route {
  Route(const Operation& row, SchemaSet& schemas, serving::RequestMetrics& all_metrics);
  const Operation& operation;
  const ParameterList parameters;
  const size_t lane;  ///< Which path parameter the row's lane is; past the last one: none.
  const Schema* body_schema = nullptr;  ///< Null: no JSON body.
  serving::RequestMetrics::Operation metrics;
};

class OperationExchange : public http::Exchange {
 public:
  OperationExchange(const Services& services, Route& route, const http::RequestHead& head,
                    const serving::PathSegments& path_segments);

  http::BodyPlan body_plan() const override;
  int64_t body_bytes_max() const override;
  bool try_inline() const override { return route_.operation.try_inline; }
  http::Pool pool() const override { return route_.operation.pool; }
  std::string lane() const override;

  std::optional<http::Response> Open() override;
  std::optional<http::Response> Consume(std::span<const char> bytes) override;
  std::optional<http::Response> Answer(std::string_view body) override;
  http::Response TooLarge() override;
  http::Response Busy() override;
  void Finished(int status, int64_t body_bytes_sent) override;

 private:
  /// Layer 1. An answer, or nothing if the request is well-formed.
  std::optional<http::Response> Validate(std::string_view body);
  /// Before more than a little of a document is kept: who sends it must have signed in.
  std::optional<http::Response> OpenDocument();
  Status Authenticate();
  Status Authorize();
  Status CheckFeature() const;
  /// Layers 3 to 6. Success: the handler may run. `refused` is an answer that is no Status.
  Status Admit(std::optional<http::Response>* refused);
  /// All layers, then the handler.
  Result<http::Response> Run(std::string_view body);
  /// A parameter as far as it was read; empty where the operation has none of that name.
  std::string_view TextOf(std::string_view parameter) const;
  http::Response Complete(http::Response response) const;
  http::Response Refuse(const Status& status) const;

  const Services& services_;
  Route& route_;
  const http::RequestHead& head_;
  const serving::PathSegments path_segments_;
  serving::RequestLife life_;  // begins when the request is validated
  Call call_;
  bool bindable_ = true;
  std::unique_ptr<BodyTaker> taker_;
};

}  // namespace tarn::rest
