// The administrator of an installation that has users of an earlier program, or none.
#include <utility>
#include <vector>

#include "auth/defaults.h"
#include "auth/records.h"
#include "auth/service_impl.h"
#include "base/blocking.h"
#include "base/log.h"
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

}  // namespace

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
  TARN_TRY_ASSIGN(const SealedKey record, DecodeKey(keys.front()));
  TARN_TRY_ASSIGN(Credentials key, Open(record));
  return Administrator{std::move(user), std::move(key)};
}

Status Service::AdoptUsers() {
  TARN_TRY(RequireBlocking());
  if (impl_->remote != nullptr) return impl_->remote->Prepare();
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (!initialized) return {};
  TARN_TRY(impl_->CheckMode());
  if (mode() == Mode::kNone) return impl_->AdoptAdministrator();
  return impl_->directory->Prepare();
}

Status Service::Impl::AdoptAdministrator() {
  TARN_TRY_ASSIGN(const auto users, directory->ListUsers({}));
  if (!users.items.empty()) return {};
  const auto former = FindFormer();
  if (former.code() == Code::kNotFound) {
    TARN_LOG_WARN("nobody can sign in: {}", former.status().message());
    return {};
  }
  TARN_TRY(former.status());
  Status written = directory->CreateAdministrator(
      former->user, Seal(former->user.username, former->key), Directory::Claim::kNew);
  // Another server that started at the same time has done the same.
  return written.code() == Code::kAlreadyExists ? Status() : std::move(written);
}

Result<std::string> Service::CheckAdministrator() {
  TARN_TRY(RequireBlocking());
  if (impl_->remote != nullptr) {
    TARN_TRY(impl_->remote->Prepare());
    return std::string();
  }
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (!initialized) return std::string();
  TARN_TRY(impl_->CheckMode());
  if (mode() == Mode::kNone) return impl_->CheckTheUser();
  return impl_->CheckAdministrators();
}

Result<std::string> Service::Impl::CheckTheUser() {
  TARN_TRY_ASSIGN(const auto users, directory->ListUsers({}));
  if (users.items.empty()) {
    TARN_TRY_ASSIGN(const auto former, FindFormer());
    return former.user.username;
  }
  const std::string& name = users.items.front().username;
  TARN_TRY_ASSIGN(const auto records, kv.Scan(kBasicPartition, kCredentialsPrefix));
  TARN_TRY(records->Seek(kCredentialsPrefix));
  if (!records->Valid()) {
    return Status(Code::kPreconditionFailed, fmt::format("the administrator {} has no key", name));
  }
  while (records->Valid()) {
    TARN_TRY_ASSIGN(const SealedKey key, DecodeKey(records->value()));
    TARN_TRY(Open(key).status().Prefixed(fmt::format("the key {}: ", key.access_key_id)));
    TARN_TRY(records->Next());
  }
  return name;
}

// The first who can sign in; what is wrong with the keys where nobody can.
Result<std::string> Service::Impl::CheckAdministrators() {
  Status wrong(Code::kPreconditionFailed,
               fmt::format("no member of {} has a key; {}", kAdministrators, kWhatToDo));
  TARN_TRY_ASSIGN(const auto members, directory->ListMembers(kAdministrators, Everything()));
  for (const User& member : members.items) {
    TARN_TRY_ASSIGN(const auto keys, directory->ListKeys(member.username, Everything()));
    for (const SealedKey& key : keys.items) {
      Status opened = Open(key).status();
      if (opened.ok()) return member.username;
      wrong = std::move(opened).Prefixed(fmt::format("the key {}: ", key.access_key_id));
    }
  }
  return wrong;
}

Result<Credentials> Service::CreateSuperuser(const std::string& username,
                                             const std::string& access_key_id,
                                             const std::string& secret) {
  TARN_TRY(RequireBlocking());
  if (username.empty()) return Status(Code::kInvalidRequest, "empty user display name");
  if (mode() == Mode::kExternal) {
    return Status(Code::kPreconditionFailed,
                  "Can't create additional admin while using external auth API - "
                  "auth.api.endpoint is configured.");
  }
  if (access_key_id.empty() && !secret.empty()) {
    return Status(Code::kInvalidRequest, "a secret access key needs an access key id");
  }
  const Timestamp now = impl_->clock.Now();
  std::optional<Credentials> key;
  if (!access_key_id.empty()) key = Credentials{access_key_id, secret, now};
  if (key && secret.empty()) {
    TARN_TRY_ASSIGN(
        const auto found,
        impl_->kv.Get(kAuthPartition, NamedCredentialsPrefix(username) + access_key_id));
    if (!found) {
      return Status(Code::kNotFound,
                    fmt::format("no credentials found for user ({}): not found", username));
    }
    TARN_TRY_ASSIGN(const SealedKey record, DecodeKey(*found));
    TARN_TRY_ASSIGN(key, impl_->Open(record));
  }
  TARN_TRY_ASSIGN(Credentials made,
                  impl_->MakeAdministrator({username, now, "", "", "internal", ""}, key,
                                           Directory::Claim::kNew));
  TARN_TRY(impl_->NoteMode());
  return made;
}

}  // namespace tarn::auth
