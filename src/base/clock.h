// Time as the core sees it: an interface, so that tests decide what time it is. Level 0.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace tarn {

/// A moment: whole seconds since 1970 (may be negative) and 0..999,999,999 nanoseconds after it.
struct Timestamp {
  int64_t seconds = 0;
  int32_t nanos = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// RFC 3339 in UTC with up to nine decimals, trailing zeros trimmed ("2026-01-02T03:04:05.67Z").
std::string FormatRfc3339(Timestamp time);

/// Seconds, with the nanoseconds as fraction.
inline double ToSeconds(Timestamp t) { return static_cast<double>(t.seconds) + t.nanos * 1e-9; }

/// Source of the current time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock; may jump in both directions.
  virtual Timestamp Now() = 0;
  /// Monotonic milliseconds, for durations and time limits.
  virtual int64_t MonotonicMs() = 0;
  /// The same in microseconds, as exactly as the clock knows it.
  virtual int64_t MonotonicUs() { return MonotonicMs() * 1000; }
};

/// The machine's clock.
Clock& SystemClock();

}  // namespace tarn
