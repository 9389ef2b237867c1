// Metrics of the operations of a protocol, under the reference's names. Handles are looked up once
// per operation and status. Level 7; thread-safe.
#pragma once

#include <array>
#include <atomic>
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

namespace tarn::serving {

class RequestMetrics {
 public:
  /// A protocol as its series name it.
  struct Protocol {
    std::string_view name;   ///< "api": what names of series begin with, and their service.
    std::string_view title;  ///< "the API"
  };
  RequestMetrics(prometheus::Registry& registry, const Protocol& protocol);

  /// What is measured of an operation beside how often it runs and for how long.
  struct Extras {
    std::string_view method = {};            ///< Requests are also counted by it; empty: not.
    std::string_view first_byte_label = {};  ///< Of the time to the first byte; empty: not taken.
  };

  /// Handles of one operation.
  class Operation {
   public:
    Operation(RequestMetrics& owner, std::string_view id, const Extras& extras);
    void Started();
    void Ended();
    /// Counts one answered request.
    void Count(int status, double seconds);
    /// Whether the time to the first byte is measured here.
    bool wants_first_byte() const { return first_byte_ != nullptr; }
    /// REQUIRES wants_first_byte().
    void FirstByte(double seconds);

   private:
    const std::string_view method_;
    prometheus::Gauge& running_;
    prometheus::Family<prometheus::Counter>* requests_by_method_ = nullptr;
    prometheus::Histogram* first_byte_ = nullptr;
    StatusSeries durations_;
    std::array<std::atomic<prometheus::Counter*>, kCountedStatuses.size()> requests_{};
  };

 private:
  prometheus::Registry& registry_;
  const Protocol protocol_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Gauge>& running_;
};

}  // namespace tarn::serving
