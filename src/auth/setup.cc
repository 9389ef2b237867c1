// First-time set-up and the facts about the installation, of auth::Service.
#include "auth/claim_user.h"
#include "auth/defaults.h"
#include "auth/email.h"
#include "auth/policy_check.h"
#include "auth/records.h"
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
// The user of a set-up that goes on: one at a time, on any number of servers.
constexpr std::string_view kSetupKey = "tarn-setup";
// The mode, where it is not that of one user.
constexpr std::string_view kOwnModeKey = "tarn-mode";
constexpr std::string_view kZeroTime = "0001-01-01T00:00:00Z";

std::string_view BoolText(bool value) { return value ? "true" : "false"; }

std::string ModeMark(Mode mode) { return fmt::format("setup_auth_{}", ModeName(mode)); }

}  // namespace

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

Status Service::Impl::NoteMode() {
  if (options.mode != Mode::kNone && remote == nullptr)
    TARN_TRY(kv.Set(kAuthPartition, kOwnModeKey, ModeName(options.mode)));
  return SetMetadata(ModeMark(options.mode), FormatRfc3339({clock.Now().seconds, 0}));
}

// One user may take over what the reference kept with many, but not what Tarn keeps so.
Status Service::Impl::CheckMode() {
  TARN_TRY_ASSIGN(const auto own, Metadata(ModeMark(options.mode)));
  if (own) return {};
  TARN_TRY_ASSIGN(auto other, kv.Get(kAuthPartition, kOwnModeKey));
  for (const Mode mode : {Mode::kNone, Mode::kSimplified, Mode::kInternal}) {
    if (other || options.mode == Mode::kNone) break;
    TARN_TRY_ASSIGN(const auto mark, Metadata(ModeMark(mode)));
    if (mark) other = std::string(ModeName(mode));
  }
  if (!other) return {};
  return {Code::kPreconditionFailed,
          fmt::format("this installation was set up with auth.ui_config.rbac: {}; keep that, or "
                      "make an administrator for {} with 'tarn superuser' first",
                      *other, ModeName(options.mode))};
}

Result<Credentials> Service::Impl::MakeAdministrator(const User& user,
                                                     const std::optional<Credentials>& given,
                                                     Directory::Claim claim) {
  if (remote != nullptr) {
    if (claim == Directory::Claim::kUnended && options.mode == Mode::kInternal)
      TARN_TRY(CreateDefaults(*directory, options.mode, user.created));
    return remote->AddAdministrator(user, given);
  }
  Credentials key = given.value_or(NewKey());
  TARN_TRY(directory->CreateAdministrator(user, Seal(user.username, key), claim));
  return key;
}

Result<bool> Service::Initialized() {
  if (mode() == Mode::kExternal) return true;
  if (impl_->initialized.load(std::memory_order_relaxed)) return true;
  TARN_TRY_ASSIGN(const auto time, impl_->Metadata(kSetupTimestamp));
  const bool initialized = time && !time->empty() && *time != kZeroTime;
  if (initialized) impl_->initialized.store(true, std::memory_order_relaxed);
  return initialized;
}

Result<bool> Service::CommunicationPreferencesMissing() {
  if (mode() == Mode::kExternal) return false;
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
  const bool is_external = mode() == Mode::kExternal;
  TARN_TRY_ASSIGN(const bool initialized, Initialized());
  if (initialized && !is_external) return Status(Code::kConflict, "lakeFS already initialized");
  if (!request.preferences.email.empty()) TARN_TRY(CheckEmail(request.preferences.email));
  TARN_TRY(CheckName(request.username));
  TARN_TRY(EnsureSchema(impl_->kv));
  TARN_TRY(impl_->WritePreferences(request.preferences));
  if (is_external) return Credentials();
  const Timestamp now = impl_->clock.Now();
  const User user{request.username, now, "", "", "internal", ""};
  TARN_TRY_ASSIGN(const auto before, impl_->kv.Get(kAuthPartition, kSetupKey));
  TARN_TRY(ClaimUser(impl_->kv, kAuthPartition, kSetupKey, user, Directory::Claim::kUnended));
  std::optional<Credentials> given = request.key;
  if (given) given->issued = now;
  auto key = impl_->MakeAdministrator(user, given, Directory::Claim::kUnended);
  Status made = key.status();
  if (made.ok()) made = impl_->NoteMode();
  if (made.ok()) made = impl_->SetMetadata(kSetupTimestamp, FormatRfc3339({now.seconds, 0}));
  // Elsewhere a user of that name need not be what is left of a set-up.
  if (made.ok() && before && impl_->remote == nullptr) {
    TARN_TRY_ASSIGN(const User unended, DecodeUser(*before));
    if (unended.username != user.username)
      IgnoreError(impl_->directory->DeleteUser(unended.username), "perhaps it was never made");
  }
  IgnoreError(records::RemoveIfStill(impl_->kv, kAuthPartition, kSetupKey, EncodeUser(user)),
              "it is over anyway");
  TARN_TRY(std::move(made));
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
