// Metrics of the copies of tables on local disk, under the reference's names. Level 9; thread-safe.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>

#include "sst/disk_cache.h"

namespace tarn::server {

class CacheMetrics final : public sst::DiskCacheSink {
 public:
  explicit CacheMetrics(prometheus::Registry& registry);
  void Looked(sst::TableType type, bool found) override;
  void Fetched(sst::TableType type, uint64_t bytes) override;
  void Removed(sst::TableType type, uint64_t bytes) override;
  void Failed(sst::TableType type, sst::DiskFault fault) override;

 private:
  struct Handles {
    prometheus::Counter *hits = nullptr, *misses = nullptr;
    std::array<prometheus::Counter*, 3> failures = {};  // By DiskFault.
    prometheus::Histogram *fetched = nullptr, *removed = nullptr;
  };
  std::array<Handles, 2> handles_;  // By TableType.
};

}  // namespace tarn::server
