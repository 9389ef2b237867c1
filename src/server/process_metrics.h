// The usual process_* metrics, read from /proc. Level 9; Update is called by one thread.
#pragma once

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace tarn::server {

class ProcessMetrics {
 public:
  /// Registers the metrics; `registry` outlives it.
  explicit ProcessMetrics(prometheus::Registry& registry);
  void Update();

 private:
  prometheus::Gauge& cpu_seconds_;
  prometheus::Gauge& resident_bytes_;
  prometheus::Gauge& virtual_bytes_;
  prometheus::Gauge& open_files_;
  prometheus::Gauge& open_files_max_;
};

}  // namespace tarn::server
