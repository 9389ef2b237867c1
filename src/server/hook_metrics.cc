#include "server/hook_metrics.h"

#include <string>

namespace tarn::server {
namespace {

const prometheus::Histogram::BucketBoundaries kBuckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                       1,     2.5,  5,     10,   30,  60};

}  // namespace

HookMetrics::HookMetrics(prometheus::Registry& registry)
    : running_(prometheus::BuildGauge()
                   .Name("actions_running_hooks")
                   .Help("Hooks that run now")
                   .Register(registry)),
      ended_(prometheus::BuildCounter()
                 .Name("actions_hooks_total")
                 .Help("Hooks that ran, by their type, the event and how they ended")
                 .Register(registry)),
      durations_(prometheus::BuildHistogram()
                     .Name("actions_hook_duration_seconds")
                     .Help("Durations of hooks")
                     .Register(registry)) {}

void HookMetrics::Began(std::string_view type) {
  running_.Add({{"type", std::string(type)}}).Increment();
}

void HookMetrics::Ended(std::string_view type, std::string_view event, bool passed,
                        int64_t duration_us) {
  const std::string name(type);
  running_.Add({{"type", name}}).Decrement();
  ended_
      .Add({{"type", name},
            {"event", std::string(event)},
            {"status", passed ? "completed" : "failed"}})
      .Increment();
  durations_.Add({{"type", name}}, kBuckets).Observe(static_cast<double>(duration_us) * 1e-6);
}

}  // namespace tarn::server
