// State of auth::Service, shared by the files that implement it. Level 7.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>

#include "auth/records.h"
#include "auth/service.h"
#include "auth/sign_in_cache.h"
#include "base/sync.h"

namespace tarn::auth {

/// A credential with its secret opened, and whose it is.
struct OpenedCredential {
  Credentials key;
  std::string username;
};

class Service::Impl {
 public:
  Impl(kv::Store& kv_in, Clock& clock_in, Random& random_in, Options options_in)
      : kv(kv_in), clock(clock_in), random(random_in), options(std::move(options_in)) {}

  // service.cc
  Result<std::optional<User>> GetUser();
  /// The user of that name; kUnauthenticated if there is none.
  Result<User> UserByName(std::string_view username);
  /// Reads and opens a credential; nothing if there is none of that id.
  Result<std::optional<OpenedCredential>> FindCredential(std::string_view access_key_id);
  Result<std::optional<KeyOwner>> FindKey(std::string_view access_key_id);
  Result<User> CheckKey(std::string_view access_key_id, std::string_view secret);
  /// The user of a token, and the second at which it expires.
  Result<std::pair<User, int64_t>> CheckToken(std::string_view token);
  /// Makes a token that is good until then worthless.
  Status Revoke(std::string_view token, int64_t expires_seconds);
  Result<Credentials> AddCredential(const std::string& username,
                                    const std::optional<Credentials>& key);
  /// After a change of users or keys.
  void Forget();

  // setup.cc
  Result<std::optional<std::string>> Metadata(std::string_view name);
  Status SetMetadata(std::string_view name, std::string_view value);
  Status WritePreferences(const CommunicationPreferences& preferences);
  Status CreateAdministrator(const std::string& username);

  kv::Store& kv;
  Clock& clock;
  Random& random;
  const Options options;
  SignInCache cache;
  std::atomic<bool> initialized = false;  // once true in the KV, always true
  Mutex setup_mutex;                      // one set-up at a time

  SharedMutex mutex;  // looked at by every signed request
  struct CachedCredential {
    OpenedCredential credential;
    std::optional<User> user;  // once asked for
    int64_t end_ms = 0;
  };
  std::map<std::string, CachedCredential, std::less<>> credentials TARN_GUARDED_BY(mutex);
  uint64_t credentials_generation TARN_GUARDED_BY(mutex) = 0;
  std::string installation_id TARN_GUARDED_BY(mutex);
};

}  // namespace tarn::auth
