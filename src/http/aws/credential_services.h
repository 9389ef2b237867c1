// The web services that hand out credentials: for a web identity, in a container, on an instance.
// Level 2; pure but for the call, one thread at a time.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "http/aws/credentials.h"

namespace tarn::http::aws {

/// What a token of another issuer is exchanged with.
struct WebIdentity {
  std::string service_url;  ///< "https://sts.us-east-1.amazonaws.com"
  std::string token, role, session_name;
  int64_t seconds = 0;  ///< 0: as the service likes.
};
Result<Credentials> FetchForWebIdentity(const WebIdentity& identity);

/// `authorization` is a header's value, empty for none. kForbidden for a URL in clear text that
/// does not lead to this machine or to a container's service.
Result<Credentials> FetchFromContainer(const std::string& url, const std::string& authorization);

/// Nothing where no such service answers or the instance has no role.
Result<std::optional<Credentials>> FetchFromInstance(const std::string& service_url);

}  // namespace tarn::http::aws
