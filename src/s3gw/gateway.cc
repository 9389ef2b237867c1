#include "s3gw/gateway.h"

#include <vector>

#include "s3gw/exchange.h"
#include "s3gw/signing/hoisted.h"

namespace tarn::s3gw {

class Gateway::Impl {
 public:
  Impl(Parts parts, Options options)
      : services_{parts, options, MakeFallback(options)},
        metrics_(parts.metrics, {"gateway", "the S3 gateway"}) {
    for (const Operation& operation : Operations()) AddRoute(operation);
    AddRoute(NotFoundOperation());
  }

  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) {
    Target target = ReadTarget(head, services_.options.domain_names);
    Query query(head.query);
    auto hoisted = HeadWithHoisted(head, query);
    Route& route = RouteOf(FindOperation(hoisted ? *hoisted : head, target.level(), query));
    return std::make_unique<GatewayExchange>(services_, route, head, std::move(hoisted),
                                             std::move(target), std::move(query));
  }

 private:
  static std::unique_ptr<Fallback> MakeFallback(const Options& options) {
    if (!options.fallback) return nullptr;
    return std::make_unique<Fallback>(*options.fallback, options.domain_names);
  }

  void AddRoute(const Operation& operation) {
    routes_.push_back(std::make_unique<Route>(operation, metrics_));
  }

  Route& RouteOf(const Operation& operation) {
    const auto all = Operations();
    const bool is_named = &operation != &NotFoundOperation();
    return *routes_[is_named ? static_cast<size_t>(&operation - all.data()) : all.size()];
  }

  const Services services_;
  serving::RequestMetrics metrics_;
  std::vector<std::unique_ptr<Route>> routes_;  // In the order of Operations(), then the last.
};

Gateway::Gateway(Parts parts, Options options)
    : impl_(std::make_unique<Impl>(parts, std::move(options))) {}
Gateway::~Gateway() = default;

std::unique_ptr<http::Exchange> Gateway::Start(const http::RequestHead& head) {
  return impl_->Start(head);
}

}  // namespace tarn::s3gw
