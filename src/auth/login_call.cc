#include "auth/login_call.h"

#include "base/log.h"
#include "http/guarded_client.h"

namespace tarn::auth {
namespace {

constexpr size_t kAnswerBytesMax = 1 << 20;
constexpr JsonLimits kAnswerLimits = {.bytes_max = kAnswerBytesMax,
                                      .depth_max = 32,
                                      .values_max = 64 << 10,
                                      .trailing = JsonTrailing::kIgnore};

// The operator names the service, so that it may be anywhere.
Result<http::GuardedClient> MakeClient() {
  TARN_TRY_ASSIGN(auto policy, http::AddressPolicy::Make({.allowed = {"0.0.0.0/0", "::/0"}}));
  return http::GuardedClient({.policy = std::move(policy), .body_bytes_max = kAnswerBytesMax});
}

}  // namespace

Status ServiceDown() { return {Code::kSlowDown, "a service that signs users in does not answer"}; }

Result<LoginAnswer> PostDocument(const std::string& url, const Json& document, int64_t timeout_ms) {
  TARN_TRY_ASSIGN(const http::GuardedClient client, MakeClient());
  const auto answer =
      client.Do({.method = "POST",
                 .url = url,
                 .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
                 .body = ToJsonText(document),
                 .has_body = true,
                 .timeout_ms = timeout_ms});
  const Status failure = answer.ok() ? answer->broken : answer.status();
  if (!failure.ok()) {
    // Without the address as it is configured: it may hold a password.
    TARN_LOG_WARN("a service that signs users in does not answer: {}", failure.message());
    return ServiceDown();
  }
  LoginAnswer result{.status = answer->status, .body = {}};
  if (answer->is_cut) return result;
  auto body = ParseJson(answer->body, kAnswerLimits);
  if (body.ok()) result.body = *std::move(body);
  return result;
}

}  // namespace tarn::auth
