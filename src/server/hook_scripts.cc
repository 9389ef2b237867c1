#include "server/hook_scripts.h"

#include <fmt/format.h>
#include <pthread.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/base64.h"
#include "codec/url.h"
#include "http/local_call.h"
#include "versioning/hooks.h"

namespace tarn::server {
namespace {

namespace lua = hooks::lua;

constexpr int64_t kSessionSeconds = 3600;
/// Hooks whose scripts make changes that hooks listen to, one within the other.
constexpr int kDepthMax = 3;
/// Of the stack of a thread, for one more request and a script that it may set off.
constexpr ptrdiff_t kStackBytesMin = 5 << 19;

/// What is left of the stack of this thread.
ptrdiff_t StackLeft() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* end = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return static_cast<const char*>(__builtin_frame_address(0)) - static_cast<const char*>(end);
}

lua::Server::Answer Refusal(int status, std::string_view message) {
  return {status, ToJsonText(Json(Json::Object{{"message", Json(message)}}))};
}

/// The API of this server, asked by a user on the thread of the script.
class LocalServer final : public lua::Server {
 public:
  LocalServer(http::Handler& api, auth::Service& auth, const lua::Script& script, int depth)
      : api_(api), auth_(auth), script_(script), depth_(depth) {}

  Answer Call(const Request& asked) override {
    if (depth_ >= kDepthMax || StackLeft() < kStackBytesMin) {
      return Refusal(429, "hooks start hooks too deeply");
    }
    const auto authorization = AuthorizationOf(asked);
    if (!authorization.ok()) return Refusal(401, authorization.status().message());
    http::LocalRequest request{
        .method = std::string(asked.method), .target = "/api/v1", .body = {}};
    request.target += asked.path;
    char joint = '?';
    for (const auto& [name, value] : asked.query) {
      request.target +=
          fmt::format("{}{}={}", std::exchange(joint, '&'), EscapeQuery(name), EscapeQuery(value));
    }
    request.headers = {{"Authorization", *authorization}};
    if (!asked.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = asked.body;
    const versioning::HookDepth within(depth_ + 1);
    auto answer = http::CallHandler(api_, request, script_.limits.memory_bytes);
    if (!answer.ok()) return Refusal(500, answer.status().message());
    return {answer->status, std::move(answer->body)};
  }

 private:
  Result<std::string> AuthorizationOf(const Request& asked) {
    if (!asked.access_key_id.empty()) {
      return "Basic " +
             EncodeBase64(fmt::format("{}:{}", asked.access_key_id, asked.secret_access_key));
    }
    TARN_TRY_ASSIGN(const std::string token, auth_.TokenFor(script_.username, kSessionSeconds));
    return "Bearer " + token;
  }

  http::Handler& api_;
  auth::Service& auth_;
  const lua::Script& script_;
  const int depth_;
};

/// Other servers, under the rules that hold for webhooks.
class GuardedNetwork final : public lua::Network {
 public:
  explicit GuardedNetwork(const http::GuardedClient& client) : client_(client) {}

  Result<Answer> Do(const Request& request, const std::function<bool()>& is_cancelled) override {
    TARN_TRY_ASSIGN(http::GuardedAnswer answer, client_.Do({.method = request.method,
                                                            .url = request.url,
                                                            .headers = request.headers,
                                                            .body = request.body,
                                                            .has_body = request.has_body,
                                                            .timeout_ms = request.timeout_ms,
                                                            .is_cancelled = is_cancelled}));
    TARN_TRY(answer.broken);
    if (answer.is_cut || answer.body.size() > request.body_bytes_max) {
      return Status(Code::kTooLarge, "the answer is too large");
    }
    return Answer{answer.status, answer.status_line.substr(answer.status_line.find(' ') + 1),
                  std::move(answer.headers), std::move(answer.body)};
  }

 private:
  const http::GuardedClient& client_;
};

lua::Limits LimitsOf(const Settings& settings) {
  return {std::chrono::milliseconds(settings.GetDurationMs("actions.lua.limits.wall")),
          std::chrono::milliseconds(settings.GetDurationMs("actions.lua.limits.cpu")),
          static_cast<size_t>(settings.GetInt("actions.lua.limits.memory_bytes")),
          static_cast<size_t>(settings.GetInt("actions.lua.limits.output_bytes"))};
}

}  // namespace

HookScripts::HookScripts(const Settings& settings, const http::GuardedClient& client,
                         auth::Service& auth)
    : limits_(LimitsOf(settings)),
      networking_(settings.GetBool("actions.lua.net_http_enabled")),
      client_(client),
      auth_(auth) {}

Status HookScripts::Run(lua::Script script, int depth) const {
  GuardedNetwork network(client_);
  script.limits = limits_;
  script.network = &network;
  script.networking = networking_;
  std::optional<LocalServer> server;
  if (api_ != nullptr) script.server = &server.emplace(*api_, auth_, script, depth);
  return lua::Run(script);
}

}  // namespace tarn::server
