// Days and dates of the Gregorian calendar, by the C++ library's. Level 7; pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace tarn::hooks::lua {

struct Date {
  int64_t year = 1970;
  unsigned month = 1, day = 1;
};

inline int64_t DaysOf(Date date) {
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(date.year)),
                                        std::chrono::month(date.month), std::chrono::day(date.day)};
  return std::chrono::sys_days(day).time_since_epoch().count();
}

/// Years over 32767 and below -32767 come out wrong.
inline Date DateOf(int64_t days) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  return {static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
          static_cast<unsigned>(day.day())};
}

inline bool IsDate(Date date) {
  return std::chrono::year_month_day{std::chrono::year(static_cast<int>(date.year)),
                                     std::chrono::month(date.month), std::chrono::day(date.day)}
      .ok();
}

/// 0 is Sunday.
inline unsigned WeekdayOf(int64_t days) {
  return std::chrono::weekday(std::chrono::sys_days(std::chrono::days(static_cast<int>(days))))
      .c_encoding();
}

/// Division that rounds down.
inline int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace tarn::hooks::lua
