// Who others vouch for, of auth::Service: passwords, cookies with claims, the authentication
// service.
#include <algorithm>

#include "auth/refusal.h"
#include "auth/request_credentials.h"
#include "auth/service_impl.h"
#include "base/blocking.h"
#include "codec/gob_cookie.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

/// A session of a sign-on service: its cookie, what the claims are called in it, what they mean.
struct ClaimCookie {
  std::string_view cookie, name;
  const ClaimRules Options::*rules;
};
constexpr ClaimCookie kClaimCookies[] = {
    {"oidc_auth_session", "id_token_claims", &Options::oidc_claims},
    {"saml_auth_session", "saml_token_claims", &Options::saml_claims}};
// What sign-on services, which are written against the reference, call their type.
constexpr std::string_view kClaimsType = "github.com/treeverse/lakefs/pkg/auth/oidc.Claims";

// Passwords that services are asked about at a time. Everybody may send one with any request: if a
// service hangs, most threads must be left to those who have keys.
constexpr int kChecksMax = 8;
constexpr int64_t kCodeSecondsMax = 12 * 3600;
constexpr int64_t kCodeSeconds = 3600;

/// One of a limited number of places.
class Place {
 public:
  Place(std::atomic<int>& taken, int max) : taken_(taken), is_mine_(++taken <= max) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool is_mine() const { return is_mine_; }

 private:
  std::atomic<int>& taken_;
  const bool is_mine_;
};

Status NoService() { return {Code::kNotImplemented, "Not Implemented"}; }

Result<User> AskChecker(PasswordChecker& checker, Directory& directory, Clock& clock,
                        std::string_view name, std::string_view password) {
  TARN_TRY_ASSIGN(const auto external, checker.Check(name, password));
  if (!external) return NotAuthenticated();
  return AdmitNamedUser(directory, clock, *external);
}

}  // namespace

Result<std::pair<User, int64_t>> Service::Impl::CheckPassword(std::string_view name,
                                                              std::string_view password) {
  auto own = CheckKey(name, password);
  if (own.ok() || checkers.empty()) return own;
  const Place place(checks_under_way, kChecksMax);
  if (!place.is_mine()) return Status(Code::kSlowDown, "too many passwords are being checked");
  Status failure = std::move(own).status();
  for (const auto& checker : checkers) {
    auto user = AskChecker(*checker, *directory, clock, name, password);
    if (user.ok()) return std::pair(*std::move(user), clock.MonotonicMs() + options.cache_ms);
    if (IsRefusal(failure.code())) failure = std::move(user).status();
  }
  return IsRefusal(failure.code()) ? NotAuthenticated() : failure;
}

Result<std::optional<User>> Service::Impl::UserOfClaims(std::string_view cookie_header) {
  for (const ClaimCookie& row : kClaimCookies) {
    const auto cookie = FindCookie(cookie_header, row.cookie);
    if (!cookie) continue;
    const int64_t now_ms = clock.MonotonicMs();
    const std::string seen = fmt::format("{}={}", row.cookie, *cookie);
    if (auto user = cache.Find(seen, now_ms)) return user;
    const uint64_t generation = cache.generation();
    const auto values = DecodeCookie(row.cookie, options.secret_key, clock.Now().seconds, *cookie);
    if (!values) return NotAuthenticated();
    const auto claims = values->find(std::string(row.name));
    if (claims == values->end() || claims->second.type != kClaimsType ||
        !claims->second.value.is_object()) {
      continue;
    }
    TARN_TRY_ASSIGN(const ExternalUser external,
                    ReadClaims(claims->second.value, options.*row.rules));
    auto user = AdmitUser(*directory, clock, external);
    if (!user.ok()) return IsRefusal(user.code()) ? NotAuthenticated() : std::move(user).status();
    // The next answer says more of who was just made.
    if (user->has_email && user->has_friendly_name)
      cache.Insert(seen, *user, now_ms, now_ms + options.cache_ms, generation);
    return std::optional(*std::move(user));
  }
  return std::optional<User>();
}

Login Service::Impl::NewLogin(const User& user, int64_t seconds) {
  const int64_t now = clock.Now().seconds;
  return {
      .token = NewToken(user, now, now + seconds), .expires_seconds = now + seconds, .cookie = {}};
}

Result<Login> Service::LogInPrincipal(const Json& identity, int64_t seconds) {
  TARN_TRY(RequireBlocking());
  if (!impl_->authentication) return NoService();
  TARN_TRY_ASSIGN(const std::string id, impl_->authentication->PrincipalOf(identity));
  if (id.empty()) return Status(Code::kNotFound, "not found");
  TARN_TRY_ASSIGN(const ExternalPrincipal principal, impl_->directory->GetPrincipal(id));
  const int64_t lifetime = std::min(seconds > 0 ? seconds : impl_->options.login_duration_s,
                                    impl_->options.login_duration_s_max);
  // Another directory is asked for the user when the token is used, as the reference does.
  if (impl_->options.remote)
    return impl_->NewLogin({.username = principal.username, .created = {}}, lifetime);
  TARN_TRY_ASSIGN(const User user, impl_->UserByName(principal.username));
  return impl_->NewLogin(user, lifetime);
}

Result<Login> Service::LogInWithCode(const SignOnCode& code, std::optional<int64_t> seconds) {
  TARN_TRY(RequireBlocking());
  if (!impl_->authentication) return NoService();
  if (seconds && *seconds <= 0)
    return Status(Code::kInvalidRequest, "ttl_seconds must be positive: validation error");
  TARN_TRY_ASSIGN(const Json claims, impl_->authentication->ClaimsOf(code));
  const auto id = CheckClaims(claims, {.required = impl_->options.saml_claims.required});
  if (!id.ok()) return Status(Code::kInsufficientPermissions, "Unauthorized");
  TARN_TRY_ASSIGN(const auto user, impl_->directory->FindUserByExternalId(*id));
  if (!user) return Status(Code::kNotFound, "not found");
  return impl_->NewLogin(*user, std::min(seconds.value_or(kCodeSeconds), kCodeSecondsMax));
}

}  // namespace tarn::auth
