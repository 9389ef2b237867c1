#include "hooks/lua/time_zone.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "hooks/lua/calendar.h"

namespace tarn::hooks::lua {
namespace {

constexpr const char* kDatabase = "/usr/share/zoneinfo/";
constexpr size_t kNameBytesMax = 64;
constexpr size_t kHeadBytes = 44;
constexpr int64_t kDaySeconds = 86400;

int64_t BigEndian(std::string_view bytes) {
  auto value = static_cast<uint64_t>(int64_t{static_cast<int8_t>(bytes[0])});
  for (const char c : bytes.substr(1)) value = value << 8 | static_cast<uint8_t>(c);
  return static_cast<int64_t>(value);
}

/// Counts of the head of a file: local time marks, UTC marks, leap seconds, transitions, types,
/// bytes of names.
struct Counts {
  explicit Counts(std::string_view head) {
    for (size_t i = 0; i < 6; ++i) {
      numbers[i] = static_cast<size_t>(BigEndian(head.substr(20 + 4 * i, 4)) & 0xffffffff);
    }
  }
  bool are_small() const {
    return std::all_of(numbers, numbers + 6, [](size_t n) { return n < 100'000; });
  }
  size_t transitions() const { return numbers[3]; }
  size_t types() const { return numbers[4]; }
  size_t names() const { return numbers[5]; }
  /// Bytes of a block whose times have a size.
  size_t Bytes(size_t time_bytes) const {
    return transitions() * (time_bytes + 1) + types() * 6 + names() +
           numbers[2] * (time_bytes + 4) + numbers[1] + numbers[0];
  }
  size_t numbers[6];
};

bool TakeNumber(std::string_view* text, int64_t* value) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *value);
  if (error != std::errc() || *value < 0 || *value > 100'000) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return true;
}

bool Take(std::string_view* text, char c) {
  if (!text->starts_with(c)) return false;
  text->remove_prefix(1);
  return true;
}

/// "[+-]h[h][:mm[:ss]]" in seconds.
bool TakeTime(std::string_view* text, int64_t* seconds) {
  const bool is_negative = Take(text, '-');
  if (!is_negative) Take(text, '+');
  int64_t parts[3] = {};
  if (!TakeNumber(text, &parts[0])) return false;
  for (int i = 1; i < 3 && Take(text, ':'); ++i) {
    if (!TakeNumber(text, &parts[i])) return false;
  }
  *seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
  if (is_negative) *seconds = -*seconds;
  return true;
}

/// "CET" or "<+03>".
bool TakeName(std::string_view* text, std::string* name) {
  const bool is_quoted = Take(text, '<');
  const size_t end =
      is_quoted ? text->find('>') : std::min(text->size(), text->find_first_of("0123456789+-,"));
  if (end == std::string_view::npos || end == 0) return false;
  *name = text->substr(0, end);
  text->remove_prefix(end + (is_quoted ? 1 : 0));
  return true;
}

/// A name and an offset, which POSIX counts to the west.
bool TakeOffset(std::string_view* text, ZoneOffset* offset) {
  int64_t west = 0;
  if (!TakeName(text, &offset->name) || !TakeTime(text, &west)) return false;
  offset->seconds = static_cast<int32_t>(-west);
  return true;
}

bool IsName(std::string_view name) {
  return name.size() <= kNameBytesMax && !name.starts_with('/') &&
         name.find("..") == std::string_view::npos &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
             "+-_/") == std::string_view::npos;
}

}  // namespace

Result<TimeZone> TimeZone::Load(std::string_view name) {
  if (name.empty() || name == "UTC") return TimeZone();
  if (IsName(name)) {
    std::ifstream file(kDatabase + std::string(name), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    auto zone = Parse(bytes);
    if (zone.ok()) return zone;
  }
  return Status(Code::kNotFound, "unknown time zone " + std::string(name));
}

Result<TimeZone> TimeZone::Parse(std::string_view bytes) {
  const Status corrupt(Code::kCorrupt, "not a time zone");
  if (bytes.size() < kHeadBytes || !bytes.starts_with("TZif")) return corrupt;
  // The first block has times of 32 bits; the second one, which all but the oldest files have, is
  // the same and more with 64.
  const size_t time_bytes = bytes[4] >= '2' ? 8 : 4;
  if (time_bytes == 8) {
    const Counts old(bytes);
    if (!old.are_small() || bytes.size() < 2 * kHeadBytes + old.Bytes(4)) return corrupt;
    bytes.remove_prefix(kHeadBytes + old.Bytes(4));
  }
  const Counts counts(bytes);
  if (!counts.are_small() || counts.types() == 0 ||
      bytes.size() < kHeadBytes + counts.Bytes(time_bytes)) {
    return corrupt;
  }
  const std::string_view times = bytes.substr(kHeadBytes);
  const std::string_view kinds = times.substr(counts.transitions() * time_bytes);
  const std::string_view types = kinds.substr(counts.transitions());
  const std::string_view names = types.substr(counts.types() * 6).substr(0, counts.names());
  TimeZone zone;
  zone.offsets_.clear();
  for (size_t i = 0; i < counts.types(); ++i) {
    const std::string_view type = types.substr(i * 6, 6);
    const std::string_view name =
        names.substr(std::min<size_t>(names.size(), static_cast<uint8_t>(type[5])));
    zone.offsets_.push_back({static_cast<int32_t>(BigEndian(type.substr(0, 4))),
                             std::string(name.substr(0, name.find('\0')))});
  }
  for (size_t i = 0; i < counts.transitions(); ++i) {
    zone.transitions_.push_back(BigEndian(times.substr(i * time_bytes, time_bytes)));
    zone.types_.push_back(static_cast<uint8_t>(kinds[i]));
    if (zone.types_.back() >= counts.types()) return corrupt;
  }
  std::string_view rule = bytes.substr(kHeadBytes + counts.Bytes(time_bytes));
  if (time_bytes == 8 && Take(&rule, '\n')) {
    zone.has_rule_ = ParseRule(rule.substr(0, rule.find('\n')), &zone.rule_);
  }
  return zone;
}

bool TimeZone::ParseRule(std::string_view text, Rule* rule) {
  if (!TakeOffset(&text, &rule->standard)) return false;
  if (text.empty()) return true;
  rule->has_summer = true;
  if (!TakeName(&text, &rule->summer.name)) return false;
  rule->summer.seconds = rule->standard.seconds + 3600;
  int64_t west = 0;
  if (!text.starts_with(',')) {
    if (!TakeTime(&text, &west)) return false;
    rule->summer.seconds = static_cast<int32_t>(-west);
  }
  return TakeChange(&text, &rule->to_summer) && TakeChange(&text, &rule->to_standard);
}

bool TimeZone::TakeChange(std::string_view* text, Change* change) {
  if (!Take(text, ',')) return false;
  int64_t numbers[3] = {};
  if (Take(text, 'M')) {
    for (int i = 0; i < 3; ++i) {
      if ((i > 0 && !Take(text, '.')) || !TakeNumber(text, &numbers[i])) return false;
    }
    if (numbers[0] < 1 || numbers[0] > 12) return false;
    *change = {static_cast<int>(numbers[0]), static_cast<int>(numbers[1]),
               static_cast<int>(numbers[2])};
  } else {
    const bool skips_leap_day = Take(text, 'J');
    if (!TakeNumber(text, &numbers[0])) return false;
    *change = {0, static_cast<int>(numbers[0]) - (skips_leap_day ? 1 : 0), 0, !skips_leap_day};
  }
  return !Take(text, '/') || TakeTime(text, &change->seconds);
}

int64_t TimeZone::SecondOfYear(const Change& change, int64_t year) {
  const int64_t first = DaysOf({year, 1, 1});
  if (change.month == 0) {
    const bool is_behind_leap_day =
        !change.counts_leap_day && change.week >= 59 && IsDate({year, 2, 29});
    return (change.week + (is_behind_leap_day ? 1 : 0)) * kDaySeconds + change.seconds;
  }
  const int64_t month = DaysOf({year, static_cast<unsigned>(change.month), 1});
  int64_t day =
      month + (change.weekday + 7 - static_cast<int>(WeekdayOf(month))) % 7 + 7 * (change.week - 1);
  const int64_t next = change.month == 12
                           ? DaysOf({year + 1, 1, 1})
                           : DaysOf({year, static_cast<unsigned>(change.month) + 1, 1});
  while (day >= next) day -= 7;  // Week 5 is the last one.
  return (day - first) * kDaySeconds + change.seconds;
}

ZoneOffset TimeZone::ByRule(int64_t unix_seconds) const {
  if (!rule_.has_summer) return rule_.standard;
  const int64_t local = unix_seconds + rule_.standard.seconds;
  const int64_t year = DateOf(FloorDivide(local, kDaySeconds)).year;
  const int64_t begin = DaysOf({year, 1, 1}) * kDaySeconds;
  const int64_t summer = begin + SecondOfYear(rule_.to_summer, year) - rule_.standard.seconds;
  const int64_t winter = begin + SecondOfYear(rule_.to_standard, year) - rule_.summer.seconds;
  const bool is_summer = summer < winter ? unix_seconds >= summer && unix_seconds < winter
                                         : unix_seconds >= summer || unix_seconds < winter;
  return is_summer ? rule_.summer : rule_.standard;
}

ZoneOffset TimeZone::At(int64_t unix_seconds) const {
  const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), unix_seconds);
  if (next == transitions_.end() && has_rule_) return ByRule(unix_seconds);
  if (next == transitions_.begin()) return offsets_.front();
  return offsets_[types_[static_cast<size_t>(next - transitions_.begin()) - 1]];
}

}  // namespace tarn::hooks::lua
