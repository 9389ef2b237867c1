// What a start needs of an authorization server.
#include <algorithm>

#include "auth/remote/documents.h"
#include "auth/remote/remote_directory.h"
#include "base/log.h"
#include "base/sync.h"
#include "base/xid.h"
#include "codec/json_writer.h"
#include "codec/jwt.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

constexpr int64_t kPauseMsFirst = 1000, kPauseMsMax = 5000;
constexpr int64_t kTokenSeconds = 10 * 365 * 86400LL + 2 * 86400;

TimedCacheOptions CacheOptionsOf(const RemoteOptions& options) {
  return {options.cache_entries_max, options.cache_ms, options.cache_jitter_ms};
}

}  // namespace

std::string NewServiceToken(std::string_view secret_key, Clock& clock, Random& random) {
  const int64_t now = clock.Now().seconds;
  std::string payload;
  JsonWriter json(&payload);
  json.BeginObject().Key("aud").BeginArray().String("auth-client").EndArray();
  json.Field("exp", now + kTokenSeconds).Field("iat", now);
  json.Field("jti", XidGenerator(clock, random).New()).Field("sub", "_lakefs-internal").EndObject();
  return SignJwtPayload(payload, secret_key);
}

RemoteDirectory::RemoteDirectory(RemoteOptions options, std::string_view token, Clock& clock,
                                 Random& random)
    : options_(std::move(options)),
      client_(options_.endpoint, token),
      users_(CacheOptionsOf(options_), clock, random),
      external_users_(CacheOptionsOf(options_), clock, random),
      keys_(CacheOptionsOf(options_), clock, random),
      policies_(CacheOptionsOf(options_), clock, random) {}

void RemoteDirectory::Forget() {
  users_.Clear();
  external_users_.Clear();
  keys_.Clear();
  policies_.Clear();
  Changed();
}

// Whatever came back: of a call that broke nobody knows whether it was carried out.
Status RemoteDirectory::Change(const RemoteCall& call) {
  Status done = client_.Do(call);
  if (done.code() != Code::kWouldBlock) Forget();
  return done;
}

Status RemoteDirectory::Health() {
  return client_.Do({.path = RemotePath({"healthcheck"}), .expected = 204});
}

Status RemoteDirectory::Prepare() {
  if (!options_.check_health) return {};
  const Deadline end(options_.health_check_timeout_ms);
  int64_t pause_ms = kPauseMsFirst;
  for (Status health = Health(); !health.ok(); health = Health()) {
    if (end.RemainingMs() <= pause_ms) {
      return {Code::kIo,
              fmt::format("Auth API health check failed: {}; see whether {} of auth.api.endpoint "
                          "answers, or start without looking by auth.api.skip_health_check",
                          health.message(), options_.endpoint)};
    }
    TARN_LOG_WARN("the authorization server is not ready: {}", health.message());
    SleepForUs(pause_ms * 1000);
    pause_ms = std::min(pause_ms * 3 / 2, kPauseMsMax);
  }
  const Result<Json> version = client_.Read({.path = RemotePath({"config", "version"})});
  if (!version.ok()) {
    return {Code::kIo, fmt::format("the authorization server does not tell its version: {}",
                                   version.status().message())};
  }
  TARN_LOG_INFO("users are kept by the authorization server {}, version {}", options_.endpoint,
                version->StringAt("version").value_or("unknown"));
  return {};
}

}  // namespace tarn::auth
