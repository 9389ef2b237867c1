// Heads of requests for tests, signed as a client would. Header only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/url.h"
#include "http/message.h"
#include "http/signature_v4.h"
#include "s3gw/signing/signed_request.h"

namespace tarn::s3gw::testing {

inline constexpr std::string_view kKeyId = "AKIAIOSFODNN7EXAMPLE";
inline constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
inline constexpr std::string_view kDate = "20130524T000000Z";
inline constexpr int64_t kDateSeconds = 1'369'353'600;
inline constexpr std::string_view kScope = "20130524/us-east-1/s3/aws4_request";

/// A head that owns its text; it may be changed between calls of head().
class TestHead {
 public:
  TestHead(std::string method, std::string target)
      : method_(std::move(method)), target_(std::move(target)) {
    Set("Host", "s3.local.lakefs.io");
  }

  TestHead& Set(std::string name, std::string_view value) {
    for (auto& [key, old] : headers_) {
      if (http::EqualsIgnoreCase(key, name)) {
        old = value;
        return *this;
      }
    }
    return Add(std::move(name), value);
  }
  TestHead& Add(std::string name, std::string_view value) {
    headers_.emplace_back(std::move(name), value);
    return *this;
  }
  TestHead& Drop(std::string_view name) {
    std::erase_if(headers_, [&](const auto& h) { return http::EqualsIgnoreCase(h.first, name); });
    return *this;
  }
  TestHead& SetTarget(std::string target) {
    target_ = std::move(target);
    return *this;
  }
  TestHead& SetMethod(std::string method) {
    method_ = std::move(method);
    return *this;
  }
  const std::string& target() const { return target_; }

  /// Valid until the next change.
  http::RequestHead head() const {
    http::RequestHead head;
    head.method = method_;
    head.target = target_;
    const size_t mark = head.target.find('?');
    head.path = head.target.substr(0, mark);
    if (mark != std::string_view::npos) head.query = head.target.substr(mark + 1);
    for (const auto& [name, value] : headers_) head.headers.emplace_back(name, value);
    return head;
  }
  Query query() const { return Query(head().query); }

  /// The signature of the request as it is.
  std::string Signature(std::string_view names, std::string_view secret = kSecret,
                        std::string_view scope = kScope) const {
    const http::RequestHead now = head();
    const Query pairs = query();
    const std::string_view hash = now.Get("x-amz-content-sha256");
    std::string_view date = pairs.Get("X-Amz-Date");
    if (date.empty()) date = now.Get("x-amz-date");
    return http::SignRequest(
        http::SigningKey(secret, scope), {date, scope},
        http::CanonicalRequest({now.method, now.path, pairs.pairs(), now.headers, names,
                                hash.empty() ? http::kUnsignedPayload : hash}));
  }
  /// Signs by header.
  TestHead& Sign(std::string_view names = "host;x-amz-date", std::string_view secret = kSecret,
                 std::string_view scope = kScope, std::string_view key_id = kKeyId) {
    if (!head().Find("x-amz-date")) Set("x-amz-date", kDate);
    const std::string signature = Signature(names, secret, scope);
    return Set("Authorization", std::string("AWS4-HMAC-SHA256 Credential=")
                                    .append(key_id)
                                    .append("/")
                                    .append(scope)
                                    .append(", SignedHeaders=")
                                    .append(names)
                                    .append(", Signature=")
                                    .append(signature));
  }
  /// Signs by query: a presigned URL.
  TestHead& Presign(std::string_view expires = "600", std::string_view names = "host",
                    std::string_view secret = kSecret, std::string_view date = kDate) {
    target_.append(target_.find('?') == std::string::npos ? "?" : "&")
        .append("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=")
        .append(EscapeQuery(std::string(kKeyId).append("/").append(kScope)))
        .append("&X-Amz-Date=")
        .append(date)
        .append("&X-Amz-Expires=")
        .append(expires)
        .append("&X-Amz-SignedHeaders=")
        .append(EscapeQuery(names));
    target_.append("&X-Amz-Signature=").append(Signature(names, secret));
    return *this;
  }

 private:
  std::string method_, target_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace tarn::s3gw::testing
