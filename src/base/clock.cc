#include "base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace tarn {
namespace {

class MachineClock : public Clock {
 public:
  Timestamp Now() override {
    timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return {ts.tv_sec, static_cast<int32_t>(ts.tv_nsec)};
  }
  int64_t MonotonicMs() override {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return int64_t{ts.tv_sec} * 1000 + ts.tv_nsec / 1'000'000;
  }
  int64_t MonotonicUs() override {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return int64_t{ts.tv_sec} * 1'000'000 + ts.tv_nsec / 1000;
  }
};

}  // namespace

std::string FormatRfc3339(Timestamp time) {
  std::tm tm{};
  const time_t seconds = time.seconds;
  gmtime_r(&seconds, &tm);
  std::string text = fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}", tm.tm_year + 1900,
                                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
  if (time.nanos != 0) {
    std::string fraction = fmt::format(".{:09d}", time.nanos);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += fraction;
  }
  return text + "Z";
}

Clock& SystemClock() {
  static MachineClock clock;
  return clock;
}

}  // namespace tarn
