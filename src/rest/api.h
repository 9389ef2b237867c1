// The REST protocol as an http::Handler: everything that one listener serves besides S3.
//
// Dispatch (first match): presigned URLs; requests that carry S3 credentials or name an S3 host go
// to the gateway; /api/v1 goes through the operation table (contract/operation.h); health, metrics,
// contract and logout pages; the web interface gets every other path. Level 8; thread-safe. Answers
// follow the contract of the reference (docs/differences.md names where they do not).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "auth/authorizer.h"
#include "auth/service.h"
#include "catalog/catalog.h"
#include "http/exchange.h"
#include "versioning/gc/gc_uncommitted.h"
#include "versioning/jobs/job_engine.h"

namespace prometheus {
class Registry;
}  // namespace prometheus

namespace tarn::hooks {
class HookService;
}  // namespace tarn::hooks

namespace tarn::serving {
class UsageCounter;
}  // namespace tarn::serving

namespace tarn::rest {

/// A viewer that the web interface offers for some files (ui.custom_viewers).
struct CustomViewer {
  std::string name, url;
  std::vector<std::string> extensions, content_types;
};

/// Facts that the server's configuration decides.
struct Options {
  bool external_principals = false;  ///< auth.authentication_api.external_principals_enabled
  std::string version = "1.84.0+tarn.0.0.0";  ///< Reported to clients.
  std::string fixed_installation_id;          ///< installation.fixed_id; empty: a random one.
  std::string blockstore_description;
  std::string signing_secret_key;  ///< blockstore.signing.secret_key: signs handed-out addresses;
                                   ///< empty: a random one of this process.
  /// Signs the presigned URLs that the server answers itself; empty: it answers none.
  std::string presign_key;
  versioning::GcPageLimits gc_page_limits;  ///< ugc.*: pages of uncommitted objects.
  std::string logout_redirect_url = "/auth/login";
  std::vector<std::string> s3_domain_names = {"s3.local.lakefs.io"};
  std::vector<CustomViewer> custom_viewers;
  std::string login_failed_message = "The credentials don't match.";
  std::string login_url, logout_url, fallback_login_url, fallback_login_label;
  std::vector<std::string> login_cookie_names = {std::string(auth::kSessionCookie)};
  bool use_login_placeholders = false;
  bool email_subscription = true;  ///< email_subscription.enabled
};

/// What the API works on; all outlive it.
struct Parts {
  catalog::Catalog& catalog;
  auth::Service& auth;
  const auth::Authorizer& authorizer;
  versioning::JobEngine& jobs;
  prometheus::Registry& metrics;  ///< Shown at /metrics; requests are counted here too.
  serving::UsageCounter& usage;
  http::Handler* s3_gateway = nullptr;  ///< Gets the requests that are for S3; null: there is none.
  /// Gets GET and HEAD of every path that is nobody else's; null: such paths are not found.
  http::Handler* web_ui = nullptr;
  /// Why requests should be sent to another server, if they should; may wait. Null: never.
  std::function<Status()> readiness = nullptr;
  hooks::HookService* hooks = nullptr;  ///< Null: hooks do not run.
};

class Api : public http::Handler {
 public:
  Api(Parts parts, Options options);
  ~Api() override;
  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) override;

  /// Records how many operations were called. Now and then, and when serving has ended.
  Status FlushUsage();

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::rest
