#include "server/pool_metrics.h"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

namespace tarn::server {
namespace {

using ::testing::HasSubstr;

TEST(PoolMetrics, CountUnderTheNamesOfTheReferencesDriver) {
  prometheus::Registry registry;
  PoolMetrics metrics(registry, 25);
  metrics.Taken(3, true);
  metrics.Taken(4000, false);
  metrics.NotTaken();
  metrics.Changed(7, 3);
  const std::string page = prometheus::TextSerializer().Serialize(registry.Collect());
  for (const char* line : {"pgxpool_acquire_count 2\n", "pgxpool_acquire_duration_ns 4003000\n",
                           "pgxpool_empty_acquire 1\n", "pgxpool_canceled_acquire_count 1\n",
                           "pgxpool_total_conns 7\n", "pgxpool_idle_conns 3\n",
                           "pgxpool_acquired_conns 4\n", "pgxpool_max_conns 25\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

}  // namespace
}  // namespace tarn::server
