// What the listener serves besides operations: health, readiness, metrics, contract, logout,
// placeholders and, for all other paths, the web interface. Pages answer GET and HEAD alone: a
// client that does not sign its S3 requests must not take a page for a write that was done. Level
// 8; thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sync.h"
#include "http/exchange.h"
#include "rest/call.h"

namespace tarn::rest {

class Pages {
 public:
  /// `contract` is the OpenAPI document.
  Pages(const Services& services, std::string contract);

  /// The answer to a path outside the API.
  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head);

 private:
  /// An answer; nothing when the thread must not wait and the page needs to.
  using Page = std::optional<http::Response> (Pages::*)(const http::RequestHead& head);
  class PageExchange;
  std::optional<http::Response> Health(const http::RequestHead& head);
  std::optional<http::Response> Ready(const http::RequestHead& head);
  std::optional<http::Response> Metrics(const http::RequestHead& head);
  std::optional<http::Response> Contract(const http::RequestHead& head);
  std::optional<http::Response> Logout(const http::RequestHead& head);
  std::optional<http::Response> NotImplemented(const http::RequestHead& head);
  std::optional<http::Response> NotFound(const http::RequestHead& head);
  std::optional<http::Response> WrongMethod(const http::RequestHead& head);
  std::string KnownInstallationId();

  const Services& services_;
  const std::string contract_;
  Mutex mutex_;
  std::string installation_id_ TARN_GUARDED_BY(mutex_);  // empty until known
};

/// True if the request is for the S3 gateway: by host, credentials or signature.
bool IsForS3(const http::RequestHead& head, const std::vector<std::string>& domain_names);

}  // namespace tarn::rest
