// Tokens that may be used once, of auth::Service.
#include "auth/records.h"
#include "auth/service_impl.h"
#include "base/blocking.h"
#include "fmt/format.h"
#include "records/update.h"

namespace tarn::auth {
namespace {

constexpr size_t kTokenIdBytesMax = 4096;
constexpr int64_t kExpirySecondsMax = 253'402'300'799;  // The last second of the year 9999.
// Records that one claim looks at, to remove those whose time is over; more than one claim adds.
constexpr int kSweepMax = 20;

// Names of records are hashes, so claims begin at all places alike, and between them look at all.
Status SweepFrom(kv::Store& kv, const std::string& key, int64_t now) {
  TARN_TRY_ASSIGN(const auto records, kv.Scan(kAuthPartition, kClaimedPrefix));
  TARN_TRY(records->Seek(key));
  for (int i = 0; i < kSweepMax && records->Valid(); ++i) {
    const Result<int64_t> expires = DecodeTokenExpiry(records->value());
    if (expires.ok() && *expires <= now)
      TARN_TRY(records::RemoveIfStill(kv, kAuthPartition, records->key(), records->value()));
    TARN_TRY(records->Next());
  }
  return {};
}

}  // namespace

Status Service::ClaimToken(std::string_view token_id, int64_t expires_seconds) {
  TARN_TRY(RequireBlocking());
  if (token_id.empty() || token_id.size() > kTokenIdBytesMax) {
    return {Code::kInvalidRequest, fmt::format("a token id has 1 to {} bytes", kTokenIdBytesMax)};
  }
  const int64_t now = impl_->clock.Now().seconds;
  if (expires_seconds <= now) return {Code::kInvalidRequest, "the token has expired"};
  if (expires_seconds > kExpirySecondsMax)
    return {Code::kInvalidRequest, "the token expires too late"};
  const std::string key = ClaimedKey(token_id);
  const auto claim =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (found) {
      TARN_TRY_ASSIGN(const int64_t expires, DecodeTokenExpiry(*found));
      if (expires > now) return Status(Code::kAlreadyExists, "the token was used before");
    }
    return std::optional(EncodeClaimed(token_id, expires_seconds));
  };
  TARN_TRY(records::UpdateRecord(impl_->kv, impl_->random, kAuthPartition, key, "token", claim));
  // It is claimed whether or not this is done.
  IgnoreError(SweepFrom(impl_->kv, key, now), "a later claim sweeps again");
  return {};
}

}  // namespace tarn::auth
