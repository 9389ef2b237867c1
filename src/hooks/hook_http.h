// The call of a hook to a server: sent, its redirects followed where that is safe, and shown in the
// output as the reference shows it. Level 7.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "hooks/hook.h"
#include "hooks/hook_url.h"
#include "http/guarded_client.h"

namespace tarn::hooks {

struct HookRequest {
  std::string method;
  HookUrl url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int64_t timeout_ms = 0;
};

/// Sends a request and prints how long that took and what came back. Redirects are followed to the
/// same server only. kIo: `Post "<url>": EOF` and so on; kCancelled.
Result<http::GuardedAnswer> SendHookRequest(const HookServices& services, HookRequest request,
                                            HookOutput& output,
                                            const std::function<bool()>& is_cancelled);

/// The property "timeout" in milliseconds: one minute unless it is text. What the reference takes
/// for no limit is an hour. kInternal with `prefix` before the reason.
Result<int64_t> ReadTimeoutMs(const Json& properties, std::string_view prefix);

}  // namespace tarn::hooks
