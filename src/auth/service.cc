#include "auth/service.h"

#include <ctime>
#include <vector>

#include "auth/basic_directory.h"
#include "auth/keys.h"
#include "auth/local/local_directory.h"
#include "auth/policy_check.h"
#include "auth/records.h"
#include "auth/refusal.h"
#include "auth/request_credentials.h"
#include "auth/service_impl.h"
#include "base/blocking.h"
#include "base/sync.h"
#include "codec/constant_time.h"
#include "codec/gob_cookie.h"
#include "codec/jwt.h"
#include "codec/secretbox.h"
#include "fmt/format.h"
#include "records/update.h"

namespace tarn::auth {
namespace {

constexpr std::string_view kAudience = "login";
constexpr std::string_view kTokenName = "token";
constexpr size_t kCachedCredentialsMax = 1024;
// Records of expired tokens that one logout removes; more than one logout adds.
constexpr int kRevokedSweepMax = 100;

/// The token in a session cookie; nothing if there is none or the cookie is not ours.
std::optional<std::string> SessionToken(std::string_view cookie, const Options& options,
                                        int64_t now_seconds) {
  const auto values = DecodeCookie(kSessionCookie, options.secret_key, now_seconds, cookie);
  if (!values) return std::nullopt;
  const auto token = values->find(std::string(kTokenName));
  if (token == values->end() || !token->second.value.is_string() ||
      token->second.value.string().empty()) {
    return std::nullopt;
  }
  return token->second.value.string();
}

/// Whether the token was made for this user, not for an earlier one of the same name. Tokens of the
/// reference say only when they were made.
bool IsTokenOf(const JwtClaims& claims, const User& user) {
  if (!claims.user_created.empty()) return claims.user_created == FormatRfc3339(user.created);
  return claims.issued_seconds >= user.created.seconds;
}

std::string HttpDate(int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts = {};
  ::gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

std::unique_ptr<Directory> Service::Impl::OpenDirectory() {
  if (options.mode == Mode::kNone) return std::make_unique<BasicDirectory>(kv);
  if (options.remote) {
    std::string token = options.remote->token;
    if (token.empty()) token = NewServiceToken(options.secret_key, clock, random);
    auto made = std::make_unique<RemoteDirectory>(*options.remote, token, clock, random);
    remote = made.get();
    return made;
  }
  return std::make_unique<LocalDirectory>(kv, random, options.mode);
}

Result<User> Service::Impl::UserByName(std::string_view username) {
  TARN_TRY_ASSIGN(auto user, directory->FindUser(username));
  if (!user) return NotAuthenticated();
  return *std::move(user);
}

Result<std::optional<OpenedCredential>> Service::Impl::FindCredential(
    std::string_view access_key_id) {
  if (access_key_id.empty() || access_key_id.size() > kNameBytesMax)
    return std::optional<OpenedCredential>();
  const int64_t now_ms = clock.MonotonicMs();
  uint64_t generation = 0;
  {
    const ReaderLock lock(mutex);
    const auto found = credentials.find(access_key_id);
    if (found != credentials.end() && now_ms < found->second.credential.known_until_ms) {
      return std::optional(found->second.credential);
    }
    generation = credentials_generation;
  }
  TARN_TRY_ASSIGN(auto sealed, directory->FindKey(access_key_id));
  if (!sealed) return std::optional<OpenedCredential>();
  {
    const WriterLock lock(mutex);
    const auto found = credentials.find(access_key_id);
    if (found != credentials.end() && found->second.credential.sealed == *sealed) {
      found->second.user.reset();
      found->second.credential.known_until_ms = now_ms + options.cache_ms;
      return std::optional(found->second.credential);
    }
  }
  TARN_TRY_ASSIGN(Credentials key, Open(*sealed));
  OpenedCredential opened{std::move(key), *std::move(sealed), now_ms + options.cache_ms};
  const WriterLock lock(mutex);
  if (generation == credentials_generation) {
    if (credentials.size() >= kCachedCredentialsMax) credentials.clear();
    credentials[std::string(access_key_id)] = {opened, std::nullopt};
  }
  return std::optional(std::move(opened));
}

Result<std::optional<KeyOwner>> Service::Impl::FindKey(std::string_view access_key_id) {
  uint64_t generation = 0;
  {
    const ReaderLock lock(mutex);
    const auto found = credentials.find(access_key_id);
    if (found != credentials.end() && found->second.user &&
        clock.MonotonicMs() < found->second.credential.known_until_ms) {
      return std::optional(KeyOwner{found->second.credential.key.secret_access_key,
                                    *found->second.user, found->second.credential.key.issued});
    }
    generation = credentials_generation;
  }
  TARN_TRY_ASSIGN(auto credential, FindCredential(access_key_id));
  if (!credential) return std::optional<KeyOwner>();
  TARN_TRY_ASSIGN(auto user, directory->FindUser(credential->sealed.username));
  if (!user || !IsKeyOf(credential->sealed, *user)) return std::optional<KeyOwner>();
  const WriterLock lock(mutex);
  const auto found = credentials.find(access_key_id);
  if (generation == credentials_generation && found != credentials.end()) {
    found->second.user = *user;
  }
  return std::optional(KeyOwner{std::move(credential->key.secret_access_key), *std::move(user),
                                credential->key.issued});
}

Result<std::pair<User, int64_t>> Service::Impl::CheckKey(std::string_view access_key_id,
                                                         std::string_view secret) {
  TARN_TRY_ASSIGN(const auto credential, FindCredential(access_key_id));
  if (!credential || !EqualsInConstantTime(credential->key.secret_access_key, secret)) {
    return NotAuthenticated();
  }
  TARN_TRY_ASSIGN(User user, UserByName(credential->sealed.username));
  if (!IsKeyOf(credential->sealed, user)) return NotAuthenticated();
  return std::pair(std::move(user), credential->known_until_ms);
}

Result<std::pair<User, int64_t>> Service::Impl::CheckToken(std::string_view token) {
  const auto claims = VerifyJwt(token, options.secret_key, clock.Now().seconds);
  if (!claims.ok() || (!claims->audience.empty() && claims->audience != kAudience)) {
    return NotAuthenticated();
  }
  TARN_TRY_ASSIGN(User user, UserByName(claims->subject));
  if (!IsTokenOf(*claims, user)) return NotAuthenticated();
  TARN_TRY_ASSIGN(const auto revoked,
                  kv.Get(kAuthPartition, RevokedKey(token, claims->expires_seconds)));
  if (revoked) return NotAuthenticated();
  return std::pair(std::move(user), claims->expires_seconds);
}

Status Service::Impl::Revoke(std::string_view token, int64_t expires_seconds) {
  TARN_TRY(kv.Set(kAuthPartition, RevokedKey(token, expires_seconds),
                  EncodeRevoked(token, expires_seconds)));
  cache.Clear();
  // Records whose time is over stand at the beginning.
  const int64_t now = clock.Now().seconds;
  TARN_TRY_ASSIGN(const auto records, kv.Scan(kAuthPartition, kRevokedPrefix));
  TARN_TRY(records->Seek(kRevokedPrefix));
  for (int i = 0; i < kRevokedSweepMax && records->Valid(); ++i) {
    const Result<int64_t> expires = DecodeTokenExpiry(records->value());
    if (!expires.ok() || *expires > now) break;
    // As it was found: a token that may be used once could be claimed anew meanwhile.
    TARN_TRY(records::RemoveIfStill(kv, kAuthPartition, records->key(), records->value()));
    TARN_TRY(records->Next());
  }
  return {};
}

Credentials Service::Impl::NewKey() {
  return {NewAccessKeyId(random), NewSecretAccessKey(random), clock.Now()};
}

SealedKey Service::Impl::Seal(const std::string& username, const Credentials& key) {
  return {key.access_key_id, SealSecret(options.secret_key, key.secret_access_key, random),
          key.issued, username};
}

Result<Credentials> Service::Impl::Open(const SealedKey& key) const {
  if (key.open_secret) return OpenedKey(key);
  TARN_TRY_ASSIGN(std::string secret, OpenSecret(options.secret_key, key.sealed_secret));
  return Credentials{key.access_key_id, std::move(secret), key.issued};
}

void Service::Impl::Forget() {
  {
    const WriterLock lock(mutex);
    credentials.clear();
    ++credentials_generation;
  }
  cache.Clear();
  if (policies) policies->Clear();
}

Service::Service(kv::Store& kv, Clock& clock, Random& random, Options options)
    : impl_(std::make_unique<Impl>(kv, clock, random, std::move(options))) {}
Service::~Service() = default;

Result<std::optional<User>> Service::Authenticate(std::string_view authorization,
                                                  std::string_view cookie_header) {
  Impl& impl = *impl_;
  if (authorization.empty() && cookie_header.empty()) return std::optional<User>();
  const int64_t now_ms = impl.clock.MonotonicMs();
  if (!authorization.empty()) {
    if (auto user = impl.cache.Find(authorization, now_ms)) return user;
  }
  TARN_TRY(RequireBlocking());
  const uint64_t generation = impl.cache.generation();
  const int64_t end_ms = now_ms + impl.options.cache_ms;
  const auto with_token = [&](std::string_view token,
                              std::string_view seen) -> Result<std::optional<User>> {
    TARN_TRY_ASSIGN(auto checked, impl.CheckToken(token));
    const int64_t left_ms = (checked.second - impl.clock.Now().seconds) * 1000;
    impl.cache.Insert(seen, checked.first, now_ms, std::min(end_ms, now_ms + left_ms), generation);
    return std::optional(std::move(checked.first));
  };
  if (const auto token = BearerToken(authorization)) return with_token(*token, authorization);
  if (const auto key = BasicKey(authorization)) {
    TARN_TRY_ASSIGN(auto checked, impl.CheckPassword(key->first, key->second));
    impl.cache.Insert(authorization, checked.first, now_ms, std::min(end_ms, checked.second),
                      generation);
    return std::optional(std::move(checked.first));
  }
  const int64_t now = impl.clock.Now().seconds;
  if (const auto cookie = FindCookie(cookie_header, kSessionCookie)) {
    if (auto user = impl.cache.Find(*cookie, now_ms)) return user;
    if (const auto token = SessionToken(*cookie, impl.options, now)) {
      return with_token(*token, *cookie);
    }
  }
  return impl.UserOfClaims(cookie_header);
}

Result<std::optional<KeyOwner>> Service::FindKey(std::string_view access_key_id) {
  return impl_->FindKey(access_key_id);
}

std::string Service::Impl::NewToken(const User& user, int64_t begin, int64_t end) {
  const bool is_known = user.created != Timestamp();
  return SignJwt({NewUuid(random), "auth", user.username, std::string(kAudience), begin, end,
                  is_known ? FormatRfc3339(user.created) : ""},
                 options.secret_key);
}

Result<std::string> Service::TokenFor(std::string_view username, int64_t seconds) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const User user, impl_->UserByName(username));
  const int64_t now = impl_->clock.Now().seconds;
  return impl_->NewToken(user, now, now + seconds);
}

Result<Login> Service::LogIn(std::string_view access_key_id, std::string_view secret) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const auto checked, impl_->CheckPassword(access_key_id, secret));
  const int64_t now = impl_->clock.Now().seconds;
  Login login = impl_->NewLogin(checked.first, impl_->options.login_duration_s);
  TARN_TRY_ASSIGN(const std::string value, EncodeCookie(kSessionCookie, impl_->options.secret_key,
                                                        now, kTokenName, login.token));
  login.cookie = fmt::format("{}={}; Path=/; Expires={}; Max-Age={}; HttpOnly{}; SameSite=Lax",
                             kSessionCookie, value, HttpDate(now + kCookieSecondsMax),
                             kCookieSecondsMax, impl_->options.secure_cookies ? "; Secure" : "");
  return login;
}

Status Service::LogOut(std::string_view authorization, std::string_view cookie_header) {
  std::vector<std::string> tokens;
  const int64_t now = impl_->clock.Now().seconds;
  if (const auto token = BearerToken(authorization)) tokens.emplace_back(*token);
  if (const auto cookie = FindCookie(cookie_header, kSessionCookie)) {
    if (auto token = SessionToken(*cookie, impl_->options, now)) {
      tokens.push_back(*std::move(token));
    }
  }
  for (const std::string& token : tokens) {
    TARN_TRY(RequireBlocking());
    const auto claims = VerifyJwt(token, impl_->options.secret_key, now);
    // Nothing is kept for a token that is worthless already, so nobody can fill the store.
    if (claims.ok()) TARN_TRY(impl_->Revoke(token, claims->expires_seconds));
  }
  return {};
}

Result<std::string> Service::LogoutCookie() const {
  // A session without a token, signed like every other.
  TARN_TRY_ASSIGN(const std::string value,
                  EncodeCookie(kSessionCookie, impl_->options.secret_key,
                               impl_->clock.Now().seconds, kTokenName, ""));
  return fmt::format("{}={}; Path=/; Expires={}; Max-Age=0; HttpOnly{}; SameSite=Lax",
                     kSessionCookie, value, HttpDate(1),
                     impl_->options.secure_cookies ? "; Secure" : "");
}

Directory& Service::directory() { return *impl_->directory; }
PolicySource* Service::policies() { return impl_->policies.get(); }
Mode Service::mode() const { return impl_->options.mode; }

Result<Credentials> Service::CreateCredentials(std::string_view username,
                                               std::optional<Credentials> given) {
  TARN_TRY(RequireBlocking());
  if (impl_->remote != nullptr) return impl_->remote->IssueKey(username, given);
  Credentials made = impl_->NewKey();
  if (given) made = {given->access_key_id, given->secret_access_key, made.issued};
  TARN_TRY(impl_->directory->CreateKey(impl_->Seal(std::string(username), made)));
  return made;
}

}  // namespace tarn::auth
