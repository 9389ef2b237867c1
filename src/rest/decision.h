// A request of the REST API as decisions on permissions see it. Level 8; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/permission.h"
#include "rest/call.h"

namespace tarn::rest {

class CallFacts : public auth::RequestFacts {
 public:
  explicit CallFacts(const Call& call) : call_(call) {}
  /// Within a request on many things, for the one that `name` is.
  CallFacts(const Call& call, std::string_view name, std::string_view item)
      : call_(call), item_name_(name), item_(item) {}

  /// Parameters, then "pull_request.destination", then properties of the body.
  Status AppendName(std::string_view name, size_t item, std::string* out) override;
  size_t CountOf(std::string_view list) override;
  std::optional<std::string> Fact(std::string_view name) override;

 private:
  Status AppendPullDestination(std::string* out) const;

  const Call& call_;
  const std::string_view item_name_, item_;
};

}  // namespace tarn::rest
