// The S3 gateway as an http::Handler: buckets are repositories, keys are "ref/path".
//
// Start-up gives it the same core as the REST API, which hands it the requests that are for S3.
// Level 8; thread-safe. Answers follow the reference's gateway (docs/differences.md names where
// they do not).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/authorizer.h"
#include "auth/service.h"
#include "catalog/catalog.h"
#include "http/exchange.h"
#include "s3gw/operations/fallback.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace tarn::serving {
class UsageCounter;
}  // namespace tarn::serving

namespace tarn::s3gw {

/// gateways.s3.* of the configuration.
struct Options {
  std::vector<std::string> domain_names = {"s3.local.lakefs.io"};
  std::string region = "us-east-1";
  std::optional<FallbackUrl> fallback;  ///< Where requests for unknown buckets go.
  bool verify_unsupported = true;       ///< Refuse sub-resources that are not supported.
};

/// What the gateway works on; all outlive it.
struct Parts {
  catalog::Catalog& catalog;
  auth::Service& auth;
  const auth::Authorizer& authorizer;
  prometheus::Registry& metrics;
  serving::UsageCounter& usage;
};

class Gateway : public http::Handler {
 public:
  Gateway(Parts parts, Options options);
  ~Gateway() override;
  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::s3gw
