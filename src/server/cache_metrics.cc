#include "server/cache_metrics.h"

#include <string>

namespace tarn::server {
namespace {

const prometheus::Histogram::BucketBoundaries kByteBuckets{1 << 10, 1 << 12, 1 << 14, 1 << 16,
                                                           1 << 18, 1 << 20, 1 << 22};
constexpr std::array<const char*, 2> kFolders = {"range", "meta-range"};
constexpr std::array<const char*, 3> kFaults = {"FileRead", "FileWrite", "FileRemoval"};

}  // namespace

CacheMetrics::CacheMetrics(prometheus::Registry& registry) {
  auto& looks = prometheus::BuildCounter()
                    .Name("tier_fs_cache_hits_total")
                    .Help("Reads of sorted tables from the local cache (Hit) and the store (Miss)")
                    .Register(registry);
  auto& failures = prometheus::BuildCounter()
                       .Name("tier_fs_errors_total")
                       .Help("Failures of the local cache of sorted tables")
                       .Register(registry);
  auto& fetched = prometheus::BuildHistogram()
                      .Name("tier_fs_download_bytes")
                      .Help("Sizes of the sorted tables that were fetched whole")
                      .Register(registry);
  auto& removed = prometheus::BuildHistogram()
                      .Name("tier_fs_eviction_bytes")
                      .Help("Sizes of the sorted tables that the local cache let go")
                      .Register(registry);
  for (size_t i = 0; i < handles_.size(); ++i) {
    const std::string folder = kFolders[i];
    Handles& handles = handles_[i];
    handles.hits = &looks.Add({{"fsName", folder}, {"status", "Hit"}});
    handles.misses = &looks.Add({{"fsName", folder}, {"status", "Miss"}});
    for (size_t fault = 0; fault < kFaults.size(); ++fault) {
      handles.failures[fault] = &failures.Add({{"fsName", folder}, {"type", kFaults[fault]}});
    }
    handles.fetched = &fetched.Add({{"fsName", folder}}, kByteBuckets);
    handles.removed = &removed.Add({{"fsName", folder}}, kByteBuckets);
  }
}

void CacheMetrics::Looked(sst::TableType type, bool found) {
  const Handles& handles = handles_[static_cast<size_t>(type)];
  (found ? handles.hits : handles.misses)->Increment();
}

void CacheMetrics::Fetched(sst::TableType type, uint64_t bytes) {
  handles_[static_cast<size_t>(type)].fetched->Observe(static_cast<double>(bytes));
}

void CacheMetrics::Removed(sst::TableType type, uint64_t bytes) {
  handles_[static_cast<size_t>(type)].removed->Observe(static_cast<double>(bytes));
}

void CacheMetrics::Failed(sst::TableType type, sst::DiskFault fault) {
  handles_[static_cast<size_t>(type)].failures[static_cast<size_t>(fault)]->Increment();
}

}  // namespace tarn::server
