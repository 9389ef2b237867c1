// Durations of the requests of one operation, a series per status, under the reference's labels and
// buckets. Series are looked up once and made when their status first comes. Level 7; thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

namespace prometheus {
class Histogram;
template <class T>
class Family;
}  // namespace prometheus

namespace tarn::serving {

/// Statuses with a series of their own; any other is counted as 500.
inline constexpr std::array kCountedStatuses = {200, 201, 202, 204, 206, 302, 304, 307,
                                                400, 401, 403, 404, 405, 409, 410, 411,
                                                412, 413, 416, 429, 499, 500, 501, 503};

/// The place of a status in kCountedStatuses.
size_t SlotOf(int status);

class StatusSeries {
 public:
  StatusSeries(prometheus::Family<prometheus::Histogram>& family, std::string_view operation)
      : family_(family), operation_(operation) {}
  void Observe(int status, double seconds);

 private:
  prometheus::Family<prometheus::Histogram>& family_;
  const std::string operation_;
  std::array<std::atomic<prometheus::Histogram*>, kCountedStatuses.size()> series_{};
};

}  // namespace tarn::serving
