#include "server/cache_metrics.h"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

namespace tarn::server {
namespace {

using ::testing::HasSubstr;

TEST(CacheMetrics, CountByFolderUnderTheReferencesNames) {
  prometheus::Registry registry;
  CacheMetrics metrics(registry);
  metrics.Looked(sst::TableType::kRange, true);
  metrics.Looked(sst::TableType::kRange, true);
  metrics.Looked(sst::TableType::kMetarange, false);
  metrics.Fetched(sst::TableType::kRange, 5000);
  metrics.Removed(sst::TableType::kMetarange, 4096);
  metrics.Failed(sst::TableType::kRange, sst::DiskFault::kWrite);
  const std::string page = prometheus::TextSerializer().Serialize(registry.Collect());
  EXPECT_THAT(page, HasSubstr("tier_fs_cache_hits_total{fsName=\"range\",status=\"Hit\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("tier_fs_cache_hits_total{fsName=\"meta-range\",status=\"Miss\"} 1"));
  EXPECT_THAT(page, HasSubstr("tier_fs_download_bytes_bucket{fsName=\"range\",le=\"4096\"} 0\n"));
  EXPECT_THAT(page, HasSubstr("tier_fs_download_bytes_bucket{fsName=\"range\",le=\"16384\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("tier_fs_eviction_bytes_sum{fsName=\"meta-range\"} 4096\n"));
  EXPECT_THAT(page, HasSubstr("tier_fs_errors_total{fsName=\"range\",type=\"FileWrite\"} 1\n"));
}

}  // namespace
}  // namespace tarn::server
