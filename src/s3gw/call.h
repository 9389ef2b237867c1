// One S3 request, as its handler sees it. Built by the exchange (exchange.cc) after the request was
// authenticated and its repository found. Level 8; one thread at a time. Views live as long as the
// request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/service.h"
#include "catalog/catalog.h"
#include "codec/url.h"
#include "http/message.h"
#include "s3gw/answer.h"
#include "s3gw/gateway.h"
#include "s3gw/operations/operation.h"
#include "s3gw/target.h"

namespace tarn::s3gw {

class Call {
 public:
  Call(const Parts& parts, const Options& options, const Operation& operation,
       const http::RequestHead& head, Target target, Query query)
      : parts_(parts),
        options_(options),
        operation_(operation),
        head_(head),
        target_(std::move(target)),
        query_(std::move(query)) {}

  // For operations that ask for each item.
  /// Whether the user has the row's permission on the object at a path; errors of
  /// auth::Authorizer::Decide.
  Status Decide(std::string_view path) const;
  /// What the user sees of the list that the row is about.
  Result<auth::Visibility> See() const;

  const http::RequestHead& head() const { return head_; }
  std::string_view Header(std::string_view name) const { return head_.Get(name); }
  const Query& query() const { return query_; }
  const Target& target() const { return target_; }
  const std::string& path() const { return target_.path; }
  BranchId branch() const { return BranchId(target_.ref); }
  /// REQUIRES an operation on a bucket or an object.
  const refs::Repository& repository() const { return *repository_; }
  /// Decoded body of a document operation.
  std::string_view document() const { return document_; }
  /// Decoded bytes of a streamed body, if announced.
  std::optional<int64_t> body_bytes() const { return body_bytes_; }

  catalog::Catalog& catalog() const { return parts_.catalog; }
  versioning::Context& context() const { return catalog().context(); }
  refs::Store& refs() const { return context().refs; }
  const Options& options() const { return options_; }

 private:
  friend class GatewayExchange;
  const Parts& parts_;
  const Options& options_;
  const Operation& operation_;
  const http::RequestHead& head_;
  const Target target_;
  const Query query_;
  std::optional<refs::Repository> repository_;
  std::optional<auth::User> user_;
  std::string document_;
  std::optional<int64_t> body_bytes_;
};

}  // namespace tarn::s3gw
