// One request of an operation, as its handler sees it. Level 8; one thread at a time. Views live as
// long as the request.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/service.h"
#include "authserver/auth_server.h"
#include "authserver/operation.h"
#include "base/clock.h"
#include "codec/json.h"
#include "codec/url.h"
#include "http/message.h"

namespace tarn::authserver {

/// What handlers work on.
struct Services {
  auth::Service& auth;
  Clock& clock;
  const Options& options;
};

class Call {
 public:
  Call(const Services& services, const Operation& operation)
      : services_(services), operation_(operation) {}

  /// Takes what the request says. kInvalidRequest. Names are decoded twice, for the clients of the
  /// contract escape them twice.
  Status Read(std::span<const std::string_view> segments, std::string_view query,
              std::string_view body);

  /// What the path names: "userId"; "" where it names no such thing.
  std::string_view Name(std::string_view parameter) const;
  std::string_view UserName() const { return Name("userId"); }
  std::string_view GroupName() const { return Name("groupId"); }
  std::string_view PolicyName() const { return Name("policyId"); }

  /// A parameter of the query; nothing if it is absent.
  std::optional<std::string> Query(std::string_view name) const;
  /// A parameter of the query that must be there. kInvalidRequest.
  Result<std::string> NeedQuery(std::string_view name) const;
  /// "prefix", "after" and "amount". kInvalidRequest.
  Result<auth::PageRequest> Page() const;

  /// Fields of the body; "" or 0 where they are absent.
  std::string Text(std::string_view field) const {
    return std::string(body_.StringAt(field).value_or(""));
  }
  std::string Bytes(std::string_view field) const;
  int64_t Integer(std::string_view field) const { return body_.IntAt(field).value_or(0); }
  const Json& body() const { return body_; }

  const Operation& operation() const { return operation_; }
  const Options& options() const { return services_.options; }
  auth::Service& auth() const { return services_.auth; }
  auth::Directory& directory() const { return auth().directory(); }
  Timestamp now() const { return services_.clock.Now(); }

 private:
  const Services& services_;
  const Operation& operation_;
  std::vector<std::pair<std::string_view, std::string>> names_;
  tarn::Query query_;
  Json body_;
};

}  // namespace tarn::authserver
