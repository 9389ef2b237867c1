#include "refs/update_record.h"

#include <algorithm>

#include "base/sync.h"

namespace tarn::refs {
namespace {

constexpr int kTriesMax = 60;  // About five seconds of waiting in all.
constexpr int64_t kPauseMaxUs = 100'000;

// Half of the pause is random, so that losers do not meet again.
void Pause(int tries, Random& random) {
  if (tries < 2) return;
  const int64_t full_us = std::min<int64_t>(kPauseMaxUs, int64_t{1000} << std::min(tries - 2, 10));
  const auto half_us = static_cast<uint64_t>(full_us / 2);
  SleepForUs(static_cast<int64_t>(half_us + random.Next64() % half_us));
}

}  // namespace

Status UpdateRecord(kv::Store& kv, Random& random, std::string_view partition, std::string_view key,
                    std::string_view what, const RecordChange& change) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    Pause(tries, random);
    TARN_TRY_ASSIGN(const auto found, kv.Get(partition, key));
    TARN_TRY_ASSIGN(const auto next, change(found));
    if (!next || next == found) return Status();
    Status written = kv.SetIf(partition, key, *next, kv::Predicate::Unchanged(found));
    if (written.code() != Code::kPredicateFailed) return written;
  }
  return Status(Code::kTooManyTries,
                std::string(what) + ": too many tries (last predicate failed)");
}

}  // namespace tarn::refs
