#include "serving/status_series.h"

#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <algorithm>

namespace tarn::serving {

size_t SlotOf(int status) {
  const auto at = std::find(kCountedStatuses.begin(), kCountedStatuses.end(), status);
  if (at != kCountedStatuses.end()) return static_cast<size_t>(at - kCountedStatuses.begin());
  return SlotOf(500);
}

// Add() returns the same series for the same labels, so two threads that meet here agree.
void StatusSeries::Observe(int status, double seconds) {
  static const prometheus::Histogram::BucketBoundaries kBuckets{0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
                                                                1,    2,    5,    10,  30,  60};
  const size_t slot = SlotOf(status);
  prometheus::Histogram* series = series_[slot].load(std::memory_order_acquire);
  if (!series) {
    series = &family_.Add(
        {{"operation", operation_}, {"code", std::to_string(kCountedStatuses[slot])}}, kBuckets);
    series_[slot].store(series, std::memory_order_release);
  }
  series->Observe(seconds);
}

}  // namespace tarn::serving
