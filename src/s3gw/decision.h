// An S3 request as decisions on permissions see it. Level 8; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/permission.h"
#include "s3gw/call.h"

namespace tarn::s3gw {

class CallFacts : public auth::RequestFacts {
 public:
  explicit CallFacts(const Call& call) : call_(call), key_(call.path()) {}
  /// Within a request on many objects, for the one at `key`.
  CallFacts(const Call& call, std::string_view key) : call_(call), key_(key) {}

  /// "repository" and "key" of the target, where keys are paths without their ref;
  /// "source.repository" and "source.key" of x-amz-copy-source, which REQUIRES that it can be read.
  Status AppendName(std::string_view name, size_t item, std::string* out) override;
  size_t CountOf(std::string_view) override { return 0; }
  std::optional<std::string> Fact(std::string_view name) override;

 private:
  const Call& call_;
  const std::string_view key_;
};

/// What who lists a bucket needs: `delimiter` and `prefix` may confine it to names of branches.
const auth::Permission& WantedPermission(const Operation& operation, const Query& query);

}  // namespace tarn::s3gw
