// Metrics of hooks: how many ran, of which type at which event, how they ended, how long they took.
// Level 9; thread-safe.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string_view>

#include "hooks/action_run.h"

namespace tarn::server {

class HookMetrics final : public hooks::HookObserver {
 public:
  explicit HookMetrics(prometheus::Registry& registry);
  void Began(std::string_view type) override;
  void Ended(std::string_view type, std::string_view event, bool passed,
             int64_t duration_us) override;

 private:
  prometheus::Family<prometheus::Gauge>& running_;
  prometheus::Family<prometheus::Counter>& ended_;
  prometheus::Family<prometheus::Histogram>& durations_;
};

}  // namespace tarn::server
