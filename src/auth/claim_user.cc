#include "auth/claim_user.h"

#include "auth/records.h"

namespace tarn::auth {
namespace {

// Another server may be at it.
constexpr int64_t kSetupSecondsMax = 60;

}  // namespace

Status ClaimUser(kv::Store& kv, std::string_view partition, std::string_view key, const User& user,
                 Directory::Claim claim) {
  TARN_TRY_ASSIGN(const auto existing, kv.Get(partition, key));
  if (existing) {
    TARN_TRY_ASSIGN(const User leftover, DecodeUser(*existing));
    const bool may_replace = claim == Directory::Claim::kUnended &&
                             user.created.seconds - leftover.created.seconds >= kSetupSecondsMax;
    if (!may_replace) return kTaken.ToStatus();
  }
  Status written = kv.SetIf(partition, key, EncodeUser(user), kv::Predicate::Unchanged(existing));
  return written.code() == Code::kPredicateFailed ? kTaken.ToStatus() : written;
}

}  // namespace tarn::auth
