// State of auth::Service, shared by the files that implement it. Level 7.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/directory.h"
#include "auth/password_checker.h"
#include "auth/policy_cache.h"
#include "auth/remote/remote_directory.h"
#include "auth/service.h"
#include "auth/sign_in_cache.h"
#include "base/sync.h"

namespace tarn::auth {

/// A credential with its secret opened, and whose it is.
struct OpenedCredential {
  Credentials key;
  SealedKey sealed;
  int64_t known_until_ms = 0;  ///< Its record is looked at again then, and what hangs on it too.
};

class Service::Impl {
 public:
  Impl(kv::Store& kv_in, Clock& clock_in, Random& random_in, Options options_in)
      : kv(kv_in),
        clock(clock_in),
        random(random_in),
        options(std::move(options_in)),
        directory(OpenDirectory()) {
    if (options.mode != Mode::kNone)
      policies = std::make_unique<PolicyCache>(*directory, clock, options.cache_ms);
    directory->OnChange([this] { Forget(); });
    if (options.remote_authenticator)
      checkers.push_back(std::make_unique<RemoteAuthenticator>(*options.remote_authenticator));
    if (!options.authentication_endpoint.empty())
      authentication.emplace(options.authentication_endpoint);
  }

  // service.cc
  /// The user of that name; kUnauthenticated if there is none.
  Result<User> UserByName(std::string_view username);
  /// Reads and opens a credential; nothing if there is none of that id.
  Result<std::optional<OpenedCredential>> FindCredential(std::string_view access_key_id);
  Result<std::optional<KeyOwner>> FindKey(std::string_view access_key_id);
  /// The owner of a key, and until when (MonotonicMs) that may be remembered.
  Result<std::pair<User, int64_t>> CheckKey(std::string_view access_key_id,
                                            std::string_view secret);
  /// The user of a token, and the second at which it expires.
  Result<std::pair<User, int64_t>> CheckToken(std::string_view token);
  /// A new token that is good between these seconds; of a user of whom only the name is known, it
  /// is good for whoever had the name at its beginning.
  std::string NewToken(const User& user, int64_t begin, int64_t end);
  /// Makes a token that is good until then worthless.
  Status Revoke(std::string_view token, int64_t expires_seconds);
  Credentials NewKey();
  SealedKey Seal(const std::string& username, const Credentials& key);
  Result<Credentials> Open(const SealedKey& key) const;
  /// After a change of users or keys.
  void Forget();

  // sign_on.cc
  /// The owner of a key or a password, and until when (MonotonicMs) that may be remembered.
  /// kSlowDown where too many passwords are being checked.
  Result<std::pair<User, int64_t>> CheckPassword(std::string_view name, std::string_view password);
  /// The user of the first cookie with claims; nothing without one.
  Result<std::optional<User>> UserOfClaims(std::string_view cookie_header);
  Login NewLogin(const User& user, int64_t seconds);

  // superuser.cc
  struct Administrator {
    User user;
    Credentials key;
  };
  /// The one that an earlier program kept with groups and policies. kNotFound where it kept none,
  /// kPreconditionFailed where there is not exactly one user with one key; both with what to do.
  Result<Administrator> FindFormer();
  Status AdoptAdministrator();
  /// Makes one who may do everything, with the key that is given or a new one.
  Result<Credentials> MakeAdministrator(const User& user, const std::optional<Credentials>& given,
                                        Directory::Claim claim);
  Result<std::string> CheckTheUser();
  Result<std::string> CheckAdministrators();
  /// kPreconditionFailed where the installation was set up for other modes only.
  Status CheckMode();

  // setup.cc
  Result<std::optional<std::string>> Metadata(std::string_view name);
  Status SetMetadata(std::string_view name, std::string_view value);
  Status WritePreferences(const CommunicationPreferences& preferences);
  /// Notes that the installation can be run in this mode.
  Status NoteMode();

  kv::Store& kv;
  Clock& clock;
  Random& random;
  const Options options;
  RemoteDirectory* remote = nullptr;  // the directory, if it is one
  const std::unique_ptr<Directory> directory;
  std::unique_ptr<PolicyCache> policies;                   // null: the one user may do everything
  std::vector<std::unique_ptr<PasswordChecker>> checkers;  // asked in this order
  std::atomic<int> checks_under_way = 0;
  std::optional<AuthenticationService> authentication;
  SignInCache cache;
  std::atomic<bool> initialized = false;  // once true in the KV, always true
  Mutex setup_mutex;                      // one set-up at a time

  SharedMutex mutex;  // looked at by every signed request
  struct CachedCredential {
    OpenedCredential credential;
    std::optional<User> user;  // once asked for
  };
  std::map<std::string, CachedCredential, std::less<>> credentials TARN_GUARDED_BY(mutex);
  uint64_t credentials_generation TARN_GUARDED_BY(mutex) = 0;
  std::string installation_id TARN_GUARDED_BY(mutex);

 private:
  std::unique_ptr<Directory> OpenDirectory();
};

}  // namespace tarn::auth
