// Request metrics of the gateway under the reference's names. Level 8; thread-safe.
#pragma once

#include <string_view>

#include "serving/status_series.h"

namespace prometheus {
class Gauge;
class Registry;
}  // namespace prometheus

namespace tarn::s3gw {

class GatewayMetrics {
 public:
  explicit GatewayMetrics(prometheus::Registry& registry);

  /// Handles of one operation.
  class Operation {
   public:
    Operation(GatewayMetrics& owner, std::string_view id);
    void Started();
    void Ended();
    /// Counts one answered request.
    void Count(int status, double seconds) { durations_.Observe(status, seconds); }

   private:
    prometheus::Gauge& running_;
    serving::StatusSeries durations_;
  };

 private:
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Gauge>& running_;
};

}  // namespace tarn::s3gw
