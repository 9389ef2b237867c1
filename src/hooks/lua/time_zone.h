// Time zones of the system's database (tzdata), read from their files: offsets at a moment. Source:
// RFC 8536 and the rules of POSIX for TZ. Level 7; immutable once read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::hooks::lua {

struct ZoneOffset {
  int32_t seconds = 0;  ///< East of Greenwich.
  std::string name = "UTC";
};

class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;
  /// The zone of a name such as "Europe/Berlin"; "" and "UTC" need no file. kNotFound:
  /// "unknown time zone X".
  static Result<TimeZone> Load(std::string_view name);
  /// Reads the content of a zone's file; kCorrupt.
  static Result<TimeZone> Parse(std::string_view bytes);

  ZoneOffset At(int64_t unix_seconds) const;

 private:
  /// A day of each year on which a part of the year begins: "M10.5.0/3".
  struct Change {
    int month = 0, week = 0, weekday = 0;  ///< Or, with month 0, day `week` of the year.
    bool counts_leap_day = false;
    int64_t seconds = 7200;
  };
  /// What holds after the last transition: "CET-1CEST,M3.5.0,M10.5.0/3".
  struct Rule {
    ZoneOffset standard, summer;
    bool has_summer = false;
    Change to_summer, to_standard;
  };
  static bool ParseRule(std::string_view text, Rule* rule);
  static bool TakeChange(std::string_view* text, Change* change);
  static int64_t SecondOfYear(const Change& change, int64_t year);
  ZoneOffset ByRule(int64_t unix_seconds) const;

  std::vector<int64_t> transitions_;
  std::vector<uint8_t> types_;  ///< Of each transition.
  std::vector<ZoneOffset> offsets_ = {{}};
  Rule rule_;
  bool has_rule_ = false;
};

}  // namespace tarn::hooks::lua
