#include "codec/go_number.h"

#include <chrono>
#include <limits>

#include "codec/utf8.h"

namespace tarn {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

/// Value of a digit in bases up to 36; 36 for anything else.
int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 36;
}

/// Takes a sign off; true for minus.
bool TakeSign(std::string_view* text) {
  if (text->empty() || (text->front() != '+' && text->front() != '-')) return false;
  const bool negative = text->front() == '-';
  text->remove_prefix(1);
  return negative;
}

ReadInteger ReadDigits(std::string_view digits, int base, bool negative, bool underscores) {
  if (digits.empty()) return {.error = NumberError::kSyntax};
  uint64_t value = 0;
  bool overflow = false;
  const uint64_t limit = static_cast<uint64_t>(kMax) + (negative ? 1 : 0);
  for (const char c : digits) {
    if (c == '_' && underscores) continue;
    const int digit = DigitValue(c);
    if (digit >= base) return {.error = NumberError::kSyntax};
    if (overflow || value > (limit - static_cast<uint64_t>(digit)) / static_cast<uint64_t>(base)) {
      overflow = true;  // go on: a later foreign character is a syntax error
      continue;
    }
    value = value * static_cast<uint64_t>(base) + static_cast<uint64_t>(digit);
  }
  if (overflow) return {.error = NumberError::kRange};
  return {.value = negative ? static_cast<int64_t>(0 - value) : static_cast<int64_t>(value)};
}

/// Underscores may only stand between digits, or between a base prefix and a digit.
bool UnderscoresAreFine(std::string_view digits, bool has_prefix) {
  char before = has_prefix ? '0' : '\0';
  for (const char c : digits) {
    if (c == '_' && (before == '\0' || before == '_')) return false;
    before = c;
  }
  return before != '_';
}

bool TakeDecimal(std::string_view* text, size_t width, int* out) {
  if (text->size() < width) return false;
  int value = 0;
  for (size_t i = 0; i < width; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  *out = value;
  text->remove_prefix(width);
  return true;
}

bool TakeChar(std::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

bool TakeDate(std::string_view* text, int64_t* days) {
  int year = 0, month = 0, day = 0;
  if (!TakeDecimal(text, 4, &year) || !TakeChar(text, '-') || !TakeDecimal(text, 2, &month) ||
      !TakeChar(text, '-') || !TakeDecimal(text, 2, &day))
    return false;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  *days = std::chrono::sys_days(date).time_since_epoch().count();
  return date.ok();
}

bool TakeClock(std::string_view* text, int64_t* seconds, int32_t* nanos) {
  int hour = 0, minute = 0, second = 0;
  if (!TakeDecimal(text, 2, &hour) || !TakeChar(text, ':') || !TakeDecimal(text, 2, &minute) ||
      !TakeChar(text, ':') || !TakeDecimal(text, 2, &second))
    return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  *seconds = hour * 3600 + minute * 60 + second;
  *nanos = 0;
  if (!TakeChar(text, '.')) return true;
  int32_t scale = 100'000'000;
  size_t digits = 0;
  for (int digit = 0; TakeDecimal(text, 1, &digit); ++digits, scale /= 10) *nanos += digit * scale;
  return digits > 0;
}

bool TakeZone(std::string_view* text, int64_t* offset) {
  *offset = 0;
  if (TakeChar(text, 'Z')) return true;
  const bool minus = !text->empty() && text->front() == '-';
  int hour = 0, minute = 0;
  if (!(TakeChar(text, '+') || TakeChar(text, '-')) || !TakeDecimal(text, 2, &hour) ||
      !TakeChar(text, ':') || !TakeDecimal(text, 2, &minute) || hour > 24 || minute > 59)
    return false;
  *offset = (hour * 3600 + minute * 60) * (minus ? -1 : 1);
  return true;
}

}  // namespace

std::string_view NumberErrorText(NumberError error) {
  return error == NumberError::kRange ? "value out of range" : "invalid syntax";
}

ReadInteger ReadPrefixedInteger(std::string_view text) {
  const bool negative = TakeSign(&text);
  int base = 10;
  bool has_prefix = false;
  if (text.size() >= 2 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    has_prefix = true;
    // A bare leading zero means octal; the zero itself may stay among the digits.
    if (base != 8 || kind == 'o') text.remove_prefix(2);
  }
  if (!UnderscoresAreFine(text, has_prefix)) return {.error = NumberError::kSyntax};
  return ReadDigits(text, base, negative, true);
}

ReadInteger ReadDecimalInteger(std::string_view text) {
  const bool negative = TakeSign(&text);
  return ReadDigits(text, 10, negative, false);
}

std::optional<bool> ReadBoolean(std::string_view text) {
  for (const std::string_view yes : {"true", "1", "t", "T", "TRUE", "True"})
    if (text == yes) return true;
  for (const std::string_view no : {"false", "0", "f", "F", "FALSE", "False"})
    if (text == no) return false;
  return std::nullopt;
}

ReadTimeResult ReadTime(std::string_view text) {
  int64_t days = 0, seconds = 0, offset = 0;
  int32_t nanos = 0;
  std::string_view rest = text;
  if (!TakeDate(&rest, &days))
    return {.error = "parsing time " + Quote(text) + ": cannot parse as a date"};
  if (rest.empty()) return {.time = {days * 86400, 0}};
  // The reference tries RFC 3339, then a date alone, and reports the second failure.
  std::string error = "parsing time " + Quote(text) + ": extra text: " + Quote(rest);
  if (!TakeChar(&rest, 'T') || !TakeClock(&rest, &seconds, &nanos) || !TakeZone(&rest, &offset) ||
      !rest.empty())
    return {.error = std::move(error)};
  return {.time = {days * 86400 + seconds - offset, nanos}};
}

}  // namespace tarn
