// Requests for buckets that are no repository, passed on to another S3 server
// (gateways.s3.fallback_url), as a reverse proxy passes them on.
//
// Path, query, headers and body go on as they came, signatures included; bodies are streamed both
// ways and never kept. Of the answer's headers only known ones come back, and browsers are told to
// sandbox it: it must not act on our origin. Level 8; Fallback is thread-safe, a ForeignCall
// belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "http/transfer.h"

namespace tarn::s3gw {

/// Requests that are passed on at the same time; more are answered with SlowDown.
inline constexpr int kForeignCallsMax = 64;
/// Time to connect, and time without a byte while the other server is waited for.
inline constexpr int64_t kForeignConnectTimeoutMs = 10'000;
inline constexpr int64_t kForeignStallTimeoutMs = 60'000;

/// Where requests are passed on to.
struct FallbackUrl {
  std::string origin;  ///< "https://host:port"
  std::string host;    ///< "host:port"
  std::string path;    ///< Put before the path of each request; does not end with "/".
};

/// kInvalidValue, with a sentence, for what is no plain http:// or https:// URL.
Result<FallbackUrl> ReadFallbackUrl(std::string_view text);

/// A Host header with the first of the domains that occurs in it, and a port behind that, replaced.
std::string ForeignHost(std::string_view host, std::span<const std::string> domains,
                        std::string_view fallback_host);

/// The headers of a request as they are passed on, Host among them.
std::vector<std::pair<std::string, std::string>> ForeignHeaders(
    const http::RequestHead& head, std::span<const std::string> domains,
    std::string_view fallback_host);

/// The answer of the other server, without its body: its status and what kPassedOn lists.
http::Response ForeignAnswer(const http::ClientResponse& answer);

/// One request on its way. The answer is 502 when the other server cannot be reached.
class ForeignCall {
 public:
  /// Before a body is taken: an answer here refuses it.
  std::optional<http::Response> Open();
  /// Takes a piece of the body; an answer ends the request early.
  std::optional<http::Response> Take(std::span<const char> bytes);
  /// The body, if any, is complete.
  http::Response Finish();

 private:
  friend class Fallback;
  ForeignCall(std::shared_ptr<void> place, std::unique_ptr<http::Transfer> transfer,
              const http::RequestHead& head);
  http::Response Failed(const Status& status) const;
  http::Response Answer();

  std::shared_ptr<void> place_;  ///< Among those of kForeignCallsMax.
  std::unique_ptr<http::Transfer> transfer_;
  const http::RequestHead& head_;
  const bool has_body_;
};

class Fallback {
 public:
  Fallback(FallbackUrl url, std::vector<std::string> domains);
  /// A call for a request, which outlives it. kSlowDown over kForeignCallsMax.
  Result<std::unique_ptr<ForeignCall>> Start(const http::RequestHead& head);

 private:
  const FallbackUrl url_;
  const std::vector<std::string> domains_;
  http::TransferClient client_;
  std::atomic<int> calls_ = 0;
};

}  // namespace tarn::s3gw
