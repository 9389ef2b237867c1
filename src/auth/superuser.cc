// The administrator of an installation that has users of an earlier program, or none.
#include <utility>
#include <vector>

#include "auth/service_impl.h"
#include "base/blocking.h"
#include "base/log.h"
#include "codec/secretbox.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

constexpr std::string_view kWhatToDo = "run 'tarn superuser --help'";

/// The records below a prefix, if there are no more than one; the first two else.
Result<std::vector<std::string>> FirstTwo(kv::Store& kv, std::string_view prefix) {
  std::vector<std::string> values;
  TARN_TRY_ASSIGN(const auto records, kv.Scan(kAuthPartition, prefix));
  TARN_TRY(records->Seek(prefix));
  while (records->Valid() && values.size() < 2) {
    values.emplace_back(records->value());
    TARN_TRY(records->Next());
  }
  return values;
}

Status NoAdoption(std::string_view reason, Code code = Code::kPreconditionFailed) {
  return {code, fmt::format("{}: auth migration not possible; {}", reason, kWhatToDo)};
}

Result<Credentials> Opened(const CredentialRecord& record, const std::string& secret_key) {
  TARN_TRY_ASSIGN(std::string secret, OpenSecret(secret_key, record.sealed_secret));
  return Credentials{record.access_key_id, std::move(secret), record.issued};
}

}  // namespace

// The key is written before the user: without a user it opens nothing, so that a crash in between
// leaves nothing half done.
Status Service::Impl::WriteAdministrator(const User& user, const Credentials& key) {
  TARN_TRY(WriteKey(user.username, key));
  Status created = kv.SetIf(kBasicPartition, kUserKey, EncodeUser(user), kv::Predicate::Absent());
  Forget();
  if (created.code() == Code::kPredicateFailed) return {Code::kAlreadyExists, "already exists"};
  return created;
}

Result<Service::Impl::Administrator> Service::Impl::FindFormer() {
  TARN_TRY_ASSIGN(const auto users, FirstTwo(kv, kNamedUsersPrefix));
  if (users.empty()) return NoAdoption("no users configured", Code::kNotFound);
  if (users.size() > 1) return NoAdoption("too many users");
  TARN_TRY_ASSIGN(User user, DecodeUser(users.front()));
  TARN_TRY_ASSIGN(const auto keys, FirstTwo(kv, NamedCredentialsPrefix(user.username)));
  if (keys.size() != 1) {
    return NoAdoption(fmt::format("{} for user ({})",
                                  keys.empty() ? "no credentials found" : "too many credentials",
                                  user.username));
  }
  TARN_TRY_ASSIGN(const CredentialRecord record, DecodeCredential(keys.front()));
  TARN_TRY_ASSIGN(Credentials key, Opened(record, options.secret_key));
  return Administrator{std::move(user), std::move(key)};
}

Status Service::AdoptAdministrator() {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (!initialized) return {};
  TARN_TRY_ASSIGN(const auto administrator, impl_->GetUser());
  if (administrator) return {};
  const auto former = impl_->FindFormer();
  if (former.code() == Code::kNotFound) {
    TARN_LOG_WARN("nobody can sign in: {}", former.status().message());
    return {};
  }
  TARN_TRY(former.status());
  Status written = impl_->WriteAdministrator(former->user, former->key);
  // Another server that started at the same time has done the same.
  return written.code() == Code::kAlreadyExists ? Status() : std::move(written);
}

Result<std::string> Service::CheckAdministrator() {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (!initialized) return std::string();
  TARN_TRY_ASSIGN(const auto administrator, impl_->GetUser());
  if (!administrator) {
    TARN_TRY_ASSIGN(const auto former, impl_->FindFormer());
    return former.user.username;
  }
  TARN_TRY_ASSIGN(const auto records, impl_->kv.Scan(kBasicPartition, kCredentialsPrefix));
  TARN_TRY(records->Seek(kCredentialsPrefix));
  if (!records->Valid()) {
    return Status(Code::kPreconditionFailed,
                  fmt::format("the administrator {} has no key", administrator->username));
  }
  while (records->Valid()) {
    TARN_TRY_ASSIGN(const CredentialRecord record, DecodeCredential(records->value()));
    TARN_TRY(Opened(record, impl_->options.secret_key)
                 .status()
                 .Prefixed(fmt::format("the key {}: ", record.access_key_id)));
    TARN_TRY(records->Next());
  }
  return administrator->username;
}

Result<Credentials> Service::CreateSuperuser(const std::string& username,
                                             const std::string& access_key_id,
                                             const std::string& secret) {
  TARN_TRY(RequireBlocking());
  if (username.empty()) return Status(Code::kInvalidRequest, "empty user display name");
  TARN_TRY(CheckUserName(username));
  if (access_key_id.empty() && !secret.empty()) {
    return Status(Code::kInvalidRequest, "a secret access key needs an access key id");
  }
  TARN_TRY_ASSIGN(const auto existing, impl_->GetUser());
  if (existing) return Status(Code::kAlreadyExists, "already exists");
  const Timestamp now = impl_->clock.Now();
  Credentials key{access_key_id, secret, now};
  if (access_key_id.empty()) {
    key = impl_->NewKey();
  } else if (secret.empty()) {
    TARN_TRY_ASSIGN(
        const auto found,
        impl_->kv.Get(kAuthPartition, NamedCredentialsPrefix(username) + access_key_id));
    if (!found) {
      return Status(Code::kNotFound,
                    fmt::format("no credentials found for user ({}): not found", username));
    }
    TARN_TRY_ASSIGN(const CredentialRecord record, DecodeCredential(*found));
    TARN_TRY_ASSIGN(key, Opened(record, impl_->options.secret_key));
  }
  TARN_TRY(impl_->WriteAdministrator({username, now, "", "", "internal", ""}, key));
  return key;
}

}  // namespace tarn::auth
