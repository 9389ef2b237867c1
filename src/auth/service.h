// Who is asking: keys, tokens, session cookies, first-time set-up. Users are those of the directory
// of the mode. Level 7; thread-safe.
//
// Records: docs/formats/kv.md; secrets are kept in a secretbox. Positive look-ups are cached for
// Options::cache_ms, so a removed key, or a session that another server has ended, may work that
// much longer. A token is good for the user who got it, not for a later one of the same name, and
// until it is logged out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/authentication_service.h"
#include "auth/authorizer.h"
#include "auth/claims.h"
#include "auth/directory.h"
#include "auth/mode.h"
#include "auth/remote/remote_options.h"
#include "auth/remote_authenticator.h"
#include "auth/user.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "kv/store.h"

namespace tarn::auth {

/// Who a signature with an access key speaks for, and what it is checked with.
struct KeyOwner {
  std::string secret_access_key;
  User user;
  Timestamp issued;
};

struct Options {
  Mode mode = Mode::kNone;                    ///< auth.ui_config.rbac
  std::string secret_key;                     ///< auth.encrypt.secret_key
  int64_t cache_ms = 20'000;                  ///< auth.cache.ttl
  int64_t login_duration_s = 7 * 86400;       ///< auth.login_duration
  int64_t login_duration_s_max = 14 * 86400;  ///< auth.login_max_duration
  bool secure_cookies = false;                ///< tls.enabled
  ClaimRules oidc_claims;                     ///< auth.oidc
  ClaimRules saml_claims;                     ///< auth.cookie_auth_verification
  std::string authentication_endpoint;  ///< auth.authentication_api.endpoint; empty: there is none.
  /// auth.remote_authenticator; nothing: there is none.
  std::optional<RemoteAuthenticatorOptions> remote_authenticator;
  std::optional<RemoteOptions> remote;  ///< Where users are kept, if that is not here.
};

struct Login {
  std::string token;  ///< JWT
  int64_t expires_seconds = 0;
  std::string cookie;  ///< Value of the Set-Cookie header; empty: none.
};

struct CommunicationPreferences {
  std::string email, first_name, last_name, company_name;
  bool feature_updates = false;
};

struct SetupRequest {
  std::string username;
  std::optional<Credentials> key;  ///< Supplied pair, used as it is.
  CommunicationPreferences preferences;
};

inline constexpr std::string_view kSessionCookie = "internal_auth_session";

class Service {
 public:
  Service(kv::Store& kv, Clock& clock, Random& random, Options options);
  ~Service();

  /// The user named by the request's credentials: Authorization header (Bearer, Basic), else
  /// session cookie, else a cookie with the claims of a sign-on service, whose user is made on
  /// first sight. Nothing when the request carries none; kUnauthenticated ("error authenticating
  /// request") when they are wrong. Cheap for credentials seen before.
  Result<std::optional<User>> Authenticate(std::string_view authorization,
                                           std::string_view cookie_header);
  /// The owner of an access key, for requests signed with it; nothing if there is no such key or
  /// its user is gone. Remembered for Options::cache_ms, and then needs no look-up; kWouldBlock
  /// only where the store would have to wait.
  Result<std::optional<KeyOwner>> FindKey(std::string_view access_key_id);
  /// By an access key, or a name and password of a service that knows them. kUnauthenticated.
  Result<Login> LogIn(std::string_view access_key_id, std::string_view secret);
  /// By a proof that the authentication service takes for one of an external principal; `seconds`
  /// that are not positive: as long as any login. kNotImplemented without such a service,
  /// kNotFound for a principal who is no user's; errors of AuthenticationService::PrincipalOf.
  Result<Login> LogInPrincipal(const Json& identity, int64_t seconds);
  /// By what an identity provider gave a client, for at most half a day; nothing: an hour.
  /// kNotImplemented without an authentication service, kInvalidRequest for seconds that are not
  /// positive, kNotFound for somebody who is no user here; errors of
  /// AuthenticationService::ClaimsOf.
  Result<Login> LogInWithCode(const SignOnCode& code, std::optional<int64_t> seconds);
  /// A token of a user who is not asked for a secret, for what the server does in the user's name.
  /// kUnauthenticated if there is no such user.
  Result<std::string> TokenFor(std::string_view username, int64_t seconds);
  /// Ends the sessions whose tokens the headers carry, here at once and on every server that shares
  /// the store; nothing to end is success. kWouldBlock where it must not wait.
  Status LogOut(std::string_view authorization, std::string_view cookie_header);
  /// Set-Cookie value that makes a browser forget its session.
  Result<std::string> LogoutCookie() const;

  /// Whether set-up was done.
  Result<bool> Initialized();
  /// Whether communication preferences were never given.
  Result<bool> CommunicationPreferencesMissing();
  /// First-time set-up, once; where another server has its own (Mode::kExternal) it makes nobody,
  /// and the key is empty. kInvalidRequest ("empty user display name", e-mail texts), kConflict
  /// ("lakeFS already initialized").
  Result<Credentials> SetUp(const SetupRequest& request);
  Status SetCommunicationPreferences(const CommunicationPreferences& preferences);
  /// Random UUID of this installation, made on first use; `fixed_id` if configured.
  Result<std::string> InstallationId(std::string_view fixed_id);
  /// Writes installation metadata (names of docs/formats/kv.md) where it differs; at every start.
  Status RecordInstallation(const std::map<std::string, std::string>& facts);
  /// Makes what an earlier program kept fit; at every start, before anybody signs in. Where one
  /// user does everything: takes over the one user, with its one key, that was kept with groups and
  /// policies; where there is none it does nothing: who has deleted the administrator can make
  /// another. kPreconditionFailed with what to do where there is not exactly one of each, and where
  /// the installation was set up for another mode. Where users are kept by another server, waits
  /// for that to be ready instead; kIo.
  Status AdoptUsers();
  /// The name of an administrator that there is, or that would be taken over; "" before set-up.
  /// Changes nothing. Fails where nobody could sign in: kPreconditionFailed, kCorrupt, or what is
  /// wrong with a key, such as another secret of the server. "" as well where another server keeps
  /// users, which it asks whether it is ready; kIo.
  Result<std::string> CheckAdministrator();
  /// Creates an administrator, for an operator at the command line: with the given key, a new one,
  /// or, for an id without secret, the key of that id that an earlier program kept for the user.
  /// From then on the installation can be run in this mode. kAlreadyExists (also where there is one
  /// user, and that is another), kInvalidRequest, kNotFound.
  Result<Credentials> CreateSuperuser(const std::string& username, const std::string& access_key_id,
                                      const std::string& secret);

  /// A key for a user: the given one, whose time counts for nothing, or a new one. Errors of
  /// Directory::CreateKey.
  Result<Credentials> CreateCredentials(std::string_view username,
                                        std::optional<Credentials> given = {});
  /// Takes a token that may be used once: the first who asks has it, on any number of servers.
  /// kAlreadyExists until it expires (Unix time) for all others; kInvalidRequest for an id that is
  /// none, or one that has expired.
  Status ClaimToken(std::string_view token_id, int64_t expires_seconds);
  /// The users; what is changed about them holds at once, and on other servers within
  /// Options::cache_ms.
  Directory& directory();
  /// Null where nobody has policies: the one user may do everything.
  PolicySource* policies();
  Mode mode() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::auth
