#include "records/update.h"

#include <algorithm>

#include "base/sync.h"

namespace tarn::records {
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

Status RetryLost(Random& random, std::string_view what, const std::function<Status()>& attempt) {
  for (int tries = 0; tries < kTriesMax; ++tries) {
    Pause(tries, random);
    Status done = attempt();
    if (done.code() != Code::kPredicateFailed) return done;
  }
  return Status(Code::kTooManyTries,
                std::string(what) + ": too many tries (last predicate failed)");
}

Status UpdateRecord(kv::Store& kv, Random& random, std::string_view partition, std::string_view key,
                    std::string_view what, const RecordChange& change) {
  return RetryLost(random, what, [&]() -> Status {
    TARN_TRY_ASSIGN(const auto found, kv.Get(partition, key));
    TARN_TRY_ASSIGN(const auto next, change(found));
    if (!next || next == found) return Status();
    return kv.SetIf(partition, key, *next, kv::Predicate::Unchanged(found));
  });
}

Status RemoveIfStill(kv::Store& kv, std::string_view partition, std::string_view key,
                     std::string_view bytes) {
  Status gone = kv.DeleteIf(partition, key, kv::Predicate::Equals(std::string(bytes)));
  return gone.code() == Code::kPredicateFailed ? Status() : gone;
}

}  // namespace tarn::records
