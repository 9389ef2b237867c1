// Where another server that keeps users is, and how it is asked. Level 7; values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tarn::auth {

struct RemoteOptions {
  std::string endpoint;      ///< auth.api.endpoint: http:// or https://, with the path of the API.
  std::string token;         ///< auth.api.token; empty: one is made and signed with the secret key.
  bool check_health = true;  ///< Not auth.api.skip_health_check.
  int64_t health_check_timeout_ms = 20'000;  ///< auth.api.health_check_timeout

  // What it says of users, keys and policies is remembered: auth.cache.*.
  int64_t cache_ms = 20'000;        ///< 0: not at all.
  int64_t cache_jitter_ms = 3'000;  ///< Up to so much longer, by chance.
  size_t cache_entries_max = 1024;  ///< Of each kind.
};

}  // namespace tarn::auth
