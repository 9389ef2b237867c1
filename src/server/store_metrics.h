// Metrics of the calls that reach the object store, under the reference's names where it has them.
// Level 9; thread-safe.
#pragma once

#include <prometheus/registry.h>

#include <array>
#include <string_view>

#include "block/layers/metered_store.h"

namespace tarn::server {

class StoreMetrics final : public block::OperationSink {
 public:
  /// `store_type`: StoreInfo::type, the label of the running ones and part of the other name.
  StoreMetrics(prometheus::Registry& registry, std::string_view store_type);
  void Began(block::Operation operation) override;
  void Ended(block::Operation operation, Code code, int64_t duration_us) override;

 private:
  struct Handles {
    prometheus::Gauge* running = nullptr;
    prometheus::Histogram *good = nullptr, *failed = nullptr;
  };
  std::array<Handles, block::kOperationCount> handles_;
};

}  // namespace tarn::server
