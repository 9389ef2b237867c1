// First-time set-up and the facts about the installation, of auth::Service.
#include "auth/email.h"
#include "auth/schema.h"
#include "auth/service_impl.h"
#include "base/blocking.h"
#include "base/sync.h"
#include "codec/base64.h"
#include "fmt/format.h"

namespace tarn::auth {
namespace {

constexpr std::string_view kSetupTimestamp = "setup_timestamp";
constexpr std::string_view kPreferencesSet = "comm_prefs_set";
constexpr std::string_view kZeroTime = "0001-01-01T00:00:00Z";
// A user record of a set-up that never finished is left alone this long: another server may be
// at it.
constexpr int64_t kUnfinishedSetupSeconds = 60;

std::string_view BoolText(bool value) { return value ? "true" : "false"; }

}  // namespace

Status CheckUserName(std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    return {Code::kInvalidRequest, "name contains delimiter /: validation error"};
  }
  return {};
}

Result<std::optional<std::string>> Service::Impl::Metadata(std::string_view name) {
  return kv.Get(kAuthPartition, fmt::format("{}{}", kMetadataPrefix, name));
}

Status Service::Impl::SetMetadata(std::string_view name, std::string_view value) {
  return kv.Set(kAuthPartition, fmt::format("{}{}", kMetadataPrefix, name), value);
}

Status Service::Impl::WritePreferences(const CommunicationPreferences& preferences) {
  if (preferences.email.empty()) return SetMetadata(kPreferencesSet, BoolText(false));
  TARN_TRY(SetMetadata("encoded_user_email", EncodeBase64(preferences.email)));
  TARN_TRY(SetMetadata("encoded_user_first_name", EncodeBase64(preferences.first_name)));
  TARN_TRY(SetMetadata("encoded_user_last_name", EncodeBase64(preferences.last_name)));
  TARN_TRY(SetMetadata("encoded_user_company_name", EncodeBase64(preferences.company_name)));
  TARN_TRY(SetMetadata("feature_updates", BoolText(preferences.feature_updates)));
  return SetMetadata(kPreferencesSet, BoolText(true));
}

Status Service::Impl::CreateAdministrator(const std::string& username) {
  const Timestamp now = clock.Now();
  const std::string record = EncodeUser({username, now, "", "", "internal", ""});
  TARN_TRY_ASSIGN(const auto existing, kv.Get(kBasicPartition, kUserKey));
  if (existing) {
    // Left over from a set-up that died before it was finished, whose key nobody has seen.
    TARN_TRY_ASSIGN(const User leftover, DecodeUser(*existing));
    if (now.seconds - leftover.created.seconds < kUnfinishedSetupSeconds) {
      return {Code::kAlreadyExists, "already exists"};
    }
    TARN_TRY(kv.Drop(kBasicPartition, kCredentialsPrefix));
  }
  auto status = kv.SetIf(kBasicPartition, kUserKey, record, kv::Predicate::Unchanged(existing));
  if (status.code() == Code::kPredicateFailed) return {Code::kAlreadyExists, "already exists"};
  return status;
}

Result<bool> Service::Initialized() {
  if (impl_->initialized.load(std::memory_order_relaxed)) return true;
  TARN_TRY_ASSIGN(const auto time, impl_->Metadata(kSetupTimestamp));
  const bool initialized = time && !time->empty() && *time != kZeroTime;
  if (initialized) impl_->initialized.store(true, std::memory_order_relaxed);
  return initialized;
}

Result<bool> Service::CommunicationPreferencesMissing() {
  TARN_TRY_ASSIGN(const auto set, impl_->Metadata(kPreferencesSet));
  if (set) return *set == BoolText(false);
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  return !initialized;
}

Result<Credentials> Service::SetUp(const SetupRequest& request) {
  TARN_TRY(RequireBlocking());
  if (request.username.empty()) {
    return Status(Code::kInvalidRequest, "empty user display name");
  }
  const MutexLock lock(impl_->setup_mutex);
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (initialized) return Status(Code::kConflict, "lakeFS already initialized");
  if (!request.preferences.email.empty()) TARN_TRY(CheckEmail(request.preferences.email));
  TARN_TRY(CheckUserName(request.username));
  TARN_TRY(EnsureSchema(impl_->kv));
  TARN_TRY(impl_->WritePreferences(request.preferences));
  TARN_TRY(impl_->CreateAdministrator(request.username));
  Credentials key = request.key.value_or(impl_->NewKey());
  key.issued = impl_->clock.Now();
  if (Status written = impl_->WriteKey(request.username, key); !written.ok()) {
    IgnoreError(impl_->kv.Delete(kBasicPartition, kUserKey), "the first failure is reported");
    return written;
  }
  const std::string now = FormatRfc3339({impl_->clock.Now().seconds, 0});
  TARN_TRY(impl_->SetMetadata("setup_auth_none", now));
  TARN_TRY(impl_->SetMetadata(kSetupTimestamp, now));
  impl_->Forget();
  impl_->initialized.store(true, std::memory_order_relaxed);
  return key;
}

Status Service::SetCommunicationPreferences(const CommunicationPreferences& preferences) {
  TARN_TRY(RequireBlocking());
  const MutexLock lock(impl_->setup_mutex);
  TARN_TRY_ASSIGN(const bool missing, CommunicationPreferencesMissing());
  if (!missing) return {Code::kConflict, "communication preferences already set"};
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (!initialized) return {Code::kPreconditionFailed, "lakeFS is not initialized"};
  TARN_TRY(CheckEmail(preferences.email));
  return impl_->WritePreferences(preferences);
}

Result<std::string> Service::InstallationId(std::string_view fixed_id) {
  {
    const WriterLock lock(impl_->mutex);
    if (!impl_->installation_id.empty()) return impl_->installation_id;
  }
  TARN_TRY_ASSIGN(auto stored, impl_->kv.Get(kAuthPartition, kInstallationIdKey));
  if (!stored) {
    const std::string made = fixed_id.empty() ? NewUuid(impl_->random) : std::string(fixed_id);
    auto status =
        impl_->kv.SetIf(kAuthPartition, kInstallationIdKey, made, kv::Predicate::Absent());
    if (!status.ok() && status.code() != Code::kPredicateFailed) return status;
    TARN_TRY_ASSIGN(stored, impl_->kv.Get(kAuthPartition, kInstallationIdKey));
  }
  const WriterLock lock(impl_->mutex);
  impl_->installation_id = stored.value_or("");
  return impl_->installation_id;
}

Status Service::RecordInstallation(const std::map<std::string, std::string>& facts) {
  for (const auto& [name, value] : facts) {
    TARN_TRY_ASSIGN(const auto stored, impl_->Metadata(name));
    if (stored != value) TARN_TRY(impl_->SetMetadata(name, value));
  }
  return {};
}

}  // namespace tarn::auth
