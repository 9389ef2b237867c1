#include "hooks/lua/time_layout.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "codec/utf8.h"
#include "hooks/lua/calendar.h"

namespace tarn::hooks::lua {
namespace {

constexpr int64_t kDaySeconds = 86400;

enum class Field : uint8_t {
  kText,
  kMonthLong,
  kMonthShort,
  kMonthZero,
  kMonth,
  kWeekdayLong,
  kWeekdayShort,
  kDayZero,
  kDayBlank,
  kDay,
  kYearDayZero,
  kYearDayBlank,
  kHour24,
  kHour12Zero,
  kHour12,
  kMinuteZero,
  kMinute,
  kSecondZero,
  kSecond,
  kYear,
  kYearShort,
  kPmUpper,
  kPmLower,
  kZoneName,
  kZone,          ///< -0700 and the like; the text says which.
  kFraction,      ///< .000, as many digits
  kFractionTrim,  ///< .999, zeros at the end left out
};

struct Token {
  std::string_view text;
  Field field;
};

// Longer ones before their beginnings.
constexpr Token kTokens[] = {
    {"January", Field::kMonthLong},  {"Jan", Field::kMonthShort},
    {"Monday", Field::kWeekdayLong}, {"Mon", Field::kWeekdayShort},
    {"MST", Field::kZoneName},       {"002", Field::kYearDayZero},
    {"01", Field::kMonthZero},       {"02", Field::kDayZero},
    {"03", Field::kHour12Zero},      {"04", Field::kMinuteZero},
    {"05", Field::kSecondZero},      {"06", Field::kYearShort},
    {"15", Field::kHour24},          {"1", Field::kMonth},
    {"2006", Field::kYear},          {"2", Field::kDay},
    {"__2", Field::kYearDayBlank},   {"_2", Field::kDayBlank},
    {"3", Field::kHour12},           {"4", Field::kMinute},
    {"5", Field::kSecond},           {"PM", Field::kPmUpper},
    {"pm", Field::kPmLower},         {"-07:00:00", Field::kZone},
    {"-070000", Field::kZone},       {"-07:00", Field::kZone},
    {"-0700", Field::kZone},         {"-07", Field::kZone},
    {"Z07:00:00", Field::kZone},     {"Z070000", Field::kZone},
    {"Z07:00", Field::kZone},        {"Z0700", Field::kZone},
    {"Z07", Field::kZone},
};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
constexpr std::string_view kWeekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The field of a second's fraction that a text begins with: ".000" or ",999", no digit behind.
Token FractionAt(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',')) return {};
  const char digit = text[1];
  if (digit != '0' && digit != '9') return {};
  const size_t end = std::min(text.size(), text.find_first_not_of(digit, 1));
  if (end < text.size() && IsDigit(text[end])) return {};
  return {text.substr(0, end), digit == '0' ? Field::kFraction : Field::kFractionTrim};
}

Token TokenAt(std::string_view text) {
  for (const Token& token : kTokens) {
    if (!text.starts_with(token.text)) continue;
    // A year behind a blank is no day with one; names go on in lower case only if they are others.
    if (token.field == Field::kDayBlank && text.starts_with("_2006")) continue;
    const bool is_short_name =
        token.field == Field::kMonthShort || token.field == Field::kWeekdayShort;
    if (is_short_name && text.size() > 3 && text[3] >= 'a' && text[3] <= 'z') continue;
    return token;
  }
  return FractionAt(text);
}

/// The text before the next field, and the field; the field is text at the end of the layout.
Token NextToken(std::string_view* layout, std::string_view* before) {
  for (size_t i = 0; i < layout->size(); ++i) {
    const Token token = TokenAt(layout->substr(i));
    if (token.text.empty()) continue;
    *before = layout->substr(0, i);
    layout->remove_prefix(i + token.text.size());
    return token;
  }
  *before = *layout;
  *layout = {};
  return {{}, Field::kText};
}

/// A moment in parts.
struct Parts {
  Date date;
  int64_t days = 0;  ///< Since 1970.
  int64_t hour = 0, minute = 0, second = 0, nanos = 0;
};

void AppendNumber(std::string* out, int64_t value, int width, char fill = '0') {
  char text[32];
  const int size =
      fill == '0' ? std::snprintf(text, sizeof text, "%0*lld", width, static_cast<long long>(value))
                  : std::snprintf(text, sizeof text, "%*lld", width, static_cast<long long>(value));
  out->append(text, static_cast<size_t>(size));
}

void AppendZone(std::string* out, std::string_view form, int32_t offset) {
  if (form[0] == 'Z' && offset == 0) {
    out->push_back('Z');
    return;
  }
  out->push_back(offset < 0 ? '-' : '+');
  const int32_t size = std::abs(offset);
  const bool has_colons = form.find(':') != std::string_view::npos;
  const auto digits = std::count_if(form.begin(), form.end(), IsDigit);
  AppendNumber(out, size / 3600, 2);
  if (digits >= 4) {
    if (has_colons) out->push_back(':');
    AppendNumber(out, size / 60 % 60, 2);
  }
  if (digits >= 6) {
    if (has_colons) out->push_back(':');
    AppendNumber(out, size % 60, 2);
  }
}

void AppendFraction(std::string* out, const Token& token, int64_t nanos) {
  char text[16];
  std::snprintf(text, sizeof text, "%09lld", static_cast<long long>(nanos));
  std::string digits = std::string(text).substr(0, std::min<size_t>(9, token.text.size() - 1));
  if (token.field == Field::kFractionTrim) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.empty()) return;
  }
  *out += token.text[0] + digits;
}

int64_t Hour12(int64_t hour) { return hour % 12 == 0 ? 12 : hour % 12; }

void AppendDateField(std::string* out, Field field, const Parts& parts) {
  const int64_t year_day = parts.days - DaysOf({parts.date.year, 1, 1}) + 1;
  const std::string_view month = kMonths[parts.date.month - 1];
  const std::string_view weekday = kWeekdays[WeekdayOf(parts.days)];
  switch (field) {
    case Field::kMonthLong:
      *out += month;
      break;
    case Field::kMonthShort:
      *out += month.substr(0, 3);
      break;
    case Field::kMonthZero:
      AppendNumber(out, parts.date.month, 2);
      break;
    case Field::kMonth:
      AppendNumber(out, parts.date.month, 0);
      break;
    case Field::kWeekdayLong:
      *out += weekday;
      break;
    case Field::kWeekdayShort:
      *out += weekday.substr(0, 3);
      break;
    case Field::kDayZero:
      AppendNumber(out, parts.date.day, 2);
      break;
    case Field::kDayBlank:
      AppendNumber(out, parts.date.day, 2, ' ');
      break;
    case Field::kDay:
      AppendNumber(out, parts.date.day, 0);
      break;
    case Field::kYearDayZero:
      AppendNumber(out, year_day, 3);
      break;
    case Field::kYearDayBlank:
      AppendNumber(out, year_day, 3, ' ');
      break;
    case Field::kYear:
      AppendNumber(out, parts.date.year, 4);
      break;
    case Field::kYearShort:
      AppendNumber(out, std::abs(parts.date.year) % 100, 2);
      break;
    default:
      break;
  }
}

void AppendTimeField(std::string* out, Field field, const Parts& parts) {
  switch (field) {
    case Field::kHour24:
      AppendNumber(out, parts.hour, 2);
      break;
    case Field::kHour12Zero:
      AppendNumber(out, Hour12(parts.hour), 2);
      break;
    case Field::kHour12:
      AppendNumber(out, Hour12(parts.hour), 0);
      break;
    case Field::kMinuteZero:
      AppendNumber(out, parts.minute, 2);
      break;
    case Field::kMinute:
      AppendNumber(out, parts.minute, 0);
      break;
    case Field::kSecondZero:
      AppendNumber(out, parts.second, 2);
      break;
    case Field::kSecond:
      AppendNumber(out, parts.second, 0);
      break;
    case Field::kPmUpper:
      *out += parts.hour < 12 ? "AM" : "PM";
      break;
    case Field::kPmLower:
      *out += parts.hour < 12 ? "am" : "pm";
      break;
    default:
      break;
  }
}

/// What has been read so far.
struct Read {
  Parts parts;
  int64_t year_day = -1;
  bool has_month_or_day = false;
  bool is_pm = false, is_am = false;
  int32_t offset = 0;
};

/// Takes a number of `least` to `most` digits.
bool TakeNumber(std::string_view* text, size_t least, size_t most, int64_t* value) {
  size_t count = 0;
  *value = 0;
  while (count < most && count < text->size() && IsDigit((*text)[count])) {
    *value = *value * 10 + ((*text)[count++] - '0');
  }
  if (count < least) return false;
  text->remove_prefix(count);
  return true;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

/// Takes one of some names, or its first letters; the index, or -1.
template <size_t N>
int TakeName(std::string_view* text, const std::string_view (&names)[N], bool is_short) {
  for (size_t i = 0; i < N; ++i) {
    const std::string_view name = is_short ? names[i].substr(0, 3) : names[i];
    if (!EqualsIgnoringCase(text->substr(0, name.size()), name)) continue;
    text->remove_prefix(name.size());
    return static_cast<int>(i);
  }
  return -1;
}

bool TakeZone(std::string_view* text, std::string_view form, Read* read) {
  if (form[0] == 'Z' && text->starts_with('Z')) {
    text->remove_prefix(1);
    return true;
  }
  if (text->empty() || ((*text)[0] != '+' && (*text)[0] != '-')) return false;
  const int sign = (*text)[0] == '-' ? -1 : 1;
  text->remove_prefix(1);
  const auto pairs = std::count_if(form.begin(), form.end(), IsDigit) / 2;
  const bool has_colons = form.find(':') != std::string_view::npos;
  int64_t seconds = 0;
  for (int64_t i = 0, unit = 3600; i < pairs; ++i, unit /= 60) {
    if (i > 0 && has_colons) {
      if (!text->starts_with(':')) return false;
      text->remove_prefix(1);
    }
    int64_t number = 0;
    if (!TakeNumber(text, 2, 2, &number) || number >= (i == 0 ? 25 : 60)) return false;
    seconds += number * unit;
  }
  read->offset = static_cast<int32_t>(sign * seconds);
  return true;
}

/// An abbreviation means UTC, as in the reference: which zone it is nobody can know.
bool TakeZoneName(std::string_view* text) {
  size_t size = 0;
  while (size < text->size() && (*text)[size] >= 'A' && (*text)[size] <= 'Z') ++size;
  if (size < 3 || size > 5) return false;
  text->remove_prefix(size);
  return true;
}

/// A fraction, read wherever seconds are.
void TakeFraction(std::string_view* text, Parts* parts) {
  if (text->size() < 2 || ((*text)[0] != '.' && (*text)[0] != ',') || !IsDigit((*text)[1])) return;
  text->remove_prefix(1);
  parts->nanos = 0;
  int64_t unit = 100'000'000;
  for (; !text->empty() && IsDigit((*text)[0]); text->remove_prefix(1), unit /= 10) {
    parts->nanos += ((*text)[0] - '0') * unit;
  }
}

bool TakeDateField(std::string_view* text, Field field, Read* read) {
  int64_t number = 0;
  switch (field) {
    case Field::kMonthLong:
    case Field::kMonthShort:
      number = TakeName(text, kMonths, field == Field::kMonthShort) + 1;
      read->parts.date.month = static_cast<unsigned>(number);
      return number > 0;
    case Field::kWeekdayLong:
    case Field::kWeekdayShort:
      return TakeName(text, kWeekdays, field == Field::kWeekdayShort) >= 0;
    case Field::kMonthZero:
    case Field::kMonth:
      if (!TakeNumber(text, field == Field::kMonth ? 1 : 2, 2, &number)) return false;
      read->parts.date.month = static_cast<unsigned>(number);
      return true;
    case Field::kDayBlank:
      if (text->starts_with(' ')) text->remove_prefix(1);
      [[fallthrough]];
    case Field::kDayZero:
    case Field::kDay:
      if (!TakeNumber(text, field == Field::kDayZero ? 2 : 1, 2, &number)) return false;
      read->parts.date.day = static_cast<unsigned>(number);
      return true;
    case Field::kYearDayBlank:
      while (text->starts_with(' ')) text->remove_prefix(1);
      return TakeNumber(text, 1, 3, &read->year_day);
    case Field::kYearDayZero:
      return TakeNumber(text, 3, 3, &read->year_day);
    case Field::kYear:
      return TakeNumber(text, 4, 4, &read->parts.date.year);
    case Field::kYearShort:
      if (!TakeNumber(text, 2, 2, &number)) return false;
      read->parts.date.year = number >= 69 ? 1900 + number : 2000 + number;
      return true;
    default:
      return false;
  }
}

bool TakeTimeField(std::string_view* text, const Token& token, Read* read) {
  Parts& parts = read->parts;
  switch (token.field) {
    case Field::kHour24:
    case Field::kHour12Zero:
      return TakeNumber(text, 2, 2, &parts.hour);
    case Field::kHour12:
      return TakeNumber(text, 1, 2, &parts.hour);
    case Field::kMinuteZero:
    case Field::kMinute:
      return TakeNumber(text, token.field == Field::kMinute ? 1 : 2, 2, &parts.minute);
    case Field::kSecondZero:
    case Field::kSecond:
      if (!TakeNumber(text, token.field == Field::kSecond ? 1 : 2, 2, &parts.second)) return false;
      TakeFraction(text, &parts);
      return true;
    case Field::kPmUpper:
    case Field::kPmLower:
      read->is_pm = EqualsIgnoringCase(text->substr(0, 2), "PM");
      read->is_am = EqualsIgnoringCase(text->substr(0, 2), "AM");
      text->remove_prefix(std::min<size_t>(2, text->size()));
      return read->is_pm || read->is_am;
    case Field::kFraction:
    case Field::kFractionTrim:
      TakeFraction(text, &parts);
      return true;  // Or it has been taken with the seconds.
    case Field::kZoneName:
      return TakeZoneName(text);
    case Field::kZone:
      return TakeZone(text, token.text, read);
    default:
      return TakeDateField(text, token.field, read);
  }
}

/// What does not exist, or nothing.
std::string_view OutOfRange(const Read& read) {
  const Parts& parts = read.parts;
  if (parts.date.month < 1 || parts.date.month > 12) return "month";
  if (read.year_day >= 0) {
    if (read.year_day < 1 || read.year_day > (IsDate({parts.date.year, 2, 29}) ? 366 : 365)) {
      return "day-of-year";
    }
  } else if (!IsDate(parts.date)) {
    return "day";
  }
  if (parts.hour > 23 || ((read.is_am || read.is_pm) && parts.hour > 12)) return "hour";
  if (parts.minute > 59) return "minute";
  if (parts.second > 59) return "second";
  return {};
}

Timestamp ToTimestamp(Read read) {
  Parts& parts = read.parts;
  if (read.is_pm && parts.hour < 12) parts.hour += 12;
  if (read.is_am && parts.hour == 12) parts.hour = 0;
  const int64_t days =
      read.year_day >= 0 ? DaysOf({parts.date.year, 1, 1}) + read.year_day - 1 : DaysOf(parts.date);
  const int64_t seconds =
      days * kDaySeconds + (parts.hour * 60 + parts.minute) * 60 + parts.second - read.offset;
  return {seconds, static_cast<int32_t>(parts.nanos)};
}

}  // namespace

std::string FormatByLayout(Timestamp time, const ZoneOffset& zone, std::string_view layout) {
  const int64_t local = time.seconds + zone.seconds;
  Parts parts;
  parts.days = FloorDivide(local, kDaySeconds);
  parts.date = DateOf(parts.days);
  const int64_t rest = local - parts.days * kDaySeconds;
  parts.hour = rest / 3600;
  parts.minute = rest / 60 % 60;
  parts.second = rest % 60;
  parts.nanos = time.nanos;
  std::string out;
  while (!layout.empty()) {
    std::string_view before;
    const Token token = NextToken(&layout, &before);
    out += before;
    if (token.field == Field::kZone) {
      AppendZone(&out, token.text, zone.seconds);
    } else if (token.field == Field::kZoneName) {
      out += zone.name;
    } else if (token.field == Field::kFraction || token.field == Field::kFractionTrim) {
      AppendFraction(&out, token, parts.nanos);
    } else {
      AppendDateField(&out, token.field, parts);
      AppendTimeField(&out, token.field, parts);
    }
  }
  return out;
}

Result<Timestamp> ParseByLayout(std::string_view layout, std::string_view text) {
  const std::string begin = "parsing time " + Quote(text);
  const std::string as = " as " + Quote(layout) + ": cannot parse ";
  Read read;
  read.parts.date = {0, 1, 1};
  std::string_view rest = text;
  while (!layout.empty()) {
    std::string_view before;
    const Token token = NextToken(&layout, &before);
    if (!rest.starts_with(before)) {
      return Status(Code::kInvalidValue, begin + as + Quote(rest) + " as " + Quote(before));
    }
    rest.remove_prefix(before.size());
    const std::string_view value = rest;
    if (token.field != Field::kText && !TakeTimeField(&rest, token, &read)) {
      return Status(Code::kInvalidValue, begin + as + Quote(value) + " as " + Quote(token.text));
    }
  }
  if (!rest.empty()) {
    return Status(Code::kInvalidValue, begin + ": extra text: " + Quote(rest));
  }
  const std::string_view wrong = OutOfRange(read);
  if (!wrong.empty()) {
    return Status(Code::kInvalidValue, begin + ": " + std::string(wrong) + " out of range");
  }
  return ToTimestamp(read);
}

}  // namespace tarn::hooks::lua
