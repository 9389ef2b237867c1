#include "server/store_metrics.h"

#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <string>

namespace tarn::server {
namespace {

const prometheus::Histogram::BucketBoundaries kBuckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                       0.5,   1,    2.5,   5,    10};

/// Answers that are no fault of the store.
bool IsGood(Code code) {
  return code == Code::kOk || code == Code::kDataNotFound || code == Code::kAlreadyExists ||
         code == Code::kCancelled;
}

}  // namespace

StoreMetrics::StoreMetrics(prometheus::Registry& registry, std::string_view store_type) {
  const std::string type(store_type);
  auto& running = prometheus::BuildGauge()
                      .Name("blockstore_concurrent_operations")
                      .Help("Calls of the object store that are under way")
                      .Register(registry);
  auto& durations = prometheus::BuildHistogram()
                        .Name(type + "_operation_duration_seconds")
                        .Help("Durations of the calls of the object store")
                        .Register(registry);
  for (size_t i = 0; i < handles_.size(); ++i) {
    const std::string name(block::kOperationNames[i]);
    const auto duration = [&](const char* error) {
      return &durations.Add({{"operation", name}, {"storage_id", ""}, {"error", error}}, kBuckets);
    };
    handles_[i] = {&running.Add({{"operation", name}, {"blockstore_type", type}}),
                   duration("false"), duration("true")};
  }
}

void StoreMetrics::Began(block::Operation operation) {
  handles_[static_cast<size_t>(operation)].running->Increment();
}

void StoreMetrics::Ended(block::Operation operation, Code code, int64_t duration_us) {
  const Handles& handles = handles_[static_cast<size_t>(operation)];
  handles.running->Decrement();
  if (code == Code::kWouldBlock) return;
  (IsGood(code) ? handles.good : handles.failed)->Observe(static_cast<double>(duration_us) * 1e-6);
}

}  // namespace tarn::server
