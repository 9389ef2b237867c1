#include "server/store_metrics.h"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include "block/mem/mem_store.h"

namespace tarn::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StoreMetrics, CountsCallsByKindAndOutcome) {
  prometheus::Registry registry;
  StoreMetrics metrics(registry, "mem");
  block::MeteredStore store(std::make_unique<block::MemStore>(SystemClock()), metrics,
                            SystemClock());
  EXPECT_TRUE(block::PutObject(store, {"mem://b", "x"}, "x").ok());
  EXPECT_EQ(store.Stat({"mem://b", "../x"}).code(), Code::kAddressBlocked);
  metrics.Began(block::Operation::kGet);
  metrics.Began(block::Operation::kList);
  metrics.Ended(block::Operation::kList, Code::kWouldBlock, 1);
  const std::string page = prometheus::TextSerializer().Serialize(registry.Collect());
  const auto count = [](const std::string& operation, const std::string& error, int calls) {
    return "mem_operation_duration_seconds_count{error=\"" + error + "\",operation=\"" + operation +
           "\",storage_id=\"\"} " + std::to_string(calls) + "\n";
  };
  EXPECT_THAT(page, HasSubstr(count("put", "false", 1)));
  EXPECT_THAT(page, HasSubstr(count("get_properties", "true", 1)));
  EXPECT_THAT(page, HasSubstr(count("list", "false", 0)));
  EXPECT_THAT(page, HasSubstr("blockstore_concurrent_operations{blockstore_type=\"mem\","
                              "operation=\"get\"} 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("operation=\"put\"} 1\n")));
}

}  // namespace
}  // namespace tarn::server
