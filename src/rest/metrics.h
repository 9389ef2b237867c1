// Request metrics under the reference's names; handles are looked up once per operation and status.
// Level 8; thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string_view>

#include "serving/status_series.h"

namespace prometheus {
class Registry;
class Counter;
class Gauge;
class Histogram;
template <class T>
class Family;
}  // namespace prometheus

namespace tarn::rest {

class ApiMetrics {
 public:
  explicit ApiMetrics(prometheus::Registry& registry);
  ~ApiMetrics();

  /// Handles of one operation.
  class Operation {
   public:
    Operation(ApiMetrics& owner, std::string_view id, std::string_view method);
    void Started();
    void Ended();
    /// Counts one answered request.
    void Count(int status, double seconds);
    /// Whether the time to the first byte is measured here.
    bool wants_first_byte() const { return first_byte_ != nullptr; }
    /// REQUIRES wants_first_byte().
    void FirstByte(double seconds);

   private:
    ApiMetrics& owner_;
    const std::string_view method_;
    prometheus::Gauge* running_;
    prometheus::Histogram* first_byte_ = nullptr;
    serving::StatusSeries durations_;
    std::array<std::atomic<prometheus::Counter*>, serving::kCountedStatuses.size()> requests_{};
  };

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Histogram>& first_bytes_;
  prometheus::Family<prometheus::Gauge>& running_;
};

}  // namespace tarn::rest
