// How many operations were called, by month: counted in memory, added to records now and then.
//
// Records: partition "usage", key "usage/monthly/<installation id>/<YYYYMM>", the count as decimal
// text (docs/formats/kv.md). What was counted since the last Flush is lost in a crash. It never
// leaves the server. Level 7; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "kv/store.h"

namespace tarn::serving {

struct MonthlyUsage {
  int year = 0, month = 0;
  int64_t count = 0;
};

class UsageCounter {
 public:
  /// All are borrowed.
  UsageCounter(kv::Store& kv, Clock& clock, Random& random)
      : kv_(kv), clock_(clock), random_(random) {}

  void Count() { pending_.fetch_add(1, std::memory_order_relaxed); }
  /// Adds what was counted since the last call to the record of this month. Blocks.
  Status Flush(std::string_view installation_id);
  /// All months of the installation, oldest first; malformed records are left out.
  Result<std::vector<MonthlyUsage>> Read(std::string_view installation_id);

 private:
  kv::Store& kv_;
  Clock& clock_;
  Random& random_;
  std::atomic<int64_t> pending_ = 0;
};

}  // namespace tarn::serving
