#include "hooks/lua/yaml_scalar.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "hooks/lua/call.h"

namespace tarn::hooks::lua {
namespace {

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string WithoutUnderscores(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  return plain;
}

/// Integers: decimal, 0x, 0o, 0b, and octal by a leading zero; underscores between digits.
std::optional<double> Integer(std::string_view text) {
  if (text.empty() || text.back() == '_') return std::nullopt;
  std::string digits = WithoutUnderscores(text);
  const bool is_negative = digits[0] == '-';
  if (digits[0] == '-' || digits[0] == '+') digits.erase(0, 1);
  if (digits.empty() || !IsDigit(digits[0])) return std::nullopt;
  int base = 10;
  size_t begin = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char kind = digits[1];
    base = kind == 'x' || kind == 'X' ? 16 : kind == 'b' || kind == 'B' ? 2 : 8;
    begin = base != 8 || kind == 'o' || kind == 'O' ? 2 : 1;
  }
  if (begin == digits.size()) return std::nullopt;
  double value = 0;
  for (const char c : digits.substr(begin)) {
    const int digit = IsDigit(c)             ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  // Decimal ones exactly, however many digits.
  if (base == 10) value = std::strtod(digits.c_str(), nullptr);
  return is_negative ? -value : value;
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
std::optional<double> Float(std::string_view text) {
  const std::string plain = WithoutUnderscores(text);
  const auto digits = [&plain](size_t from) {
    return std::min(plain.size(), plain.find_first_not_of("0123456789", from));
  };
  const size_t begin = !plain.empty() && (plain[0] == '-' || plain[0] == '+') ? 1 : 0;
  size_t end = digits(begin);
  bool has_digits = end > begin;
  if (end < plain.size() && plain[end] == '.') {
    const size_t after = digits(end + 1);
    has_digits = has_digits || after > end + 1;
    end = after;
  }
  if (!has_digits) return std::nullopt;
  if (end < plain.size() && (plain[end] == 'e' || plain[end] == 'E')) {
    size_t from = end + 1;
    if (from < plain.size() && (plain[from] == '-' || plain[from] == '+')) ++from;
    end = digits(from);
    if (end == from) return std::nullopt;
  }
  if (end != plain.size()) return std::nullopt;
  return std::strtod(plain.c_str(), nullptr);
}

std::optional<double> Special(std::string_view text) {
  if (IsOneOf(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return HUGE_VAL;
  if (IsOneOf(text, {"-.inf", "-.Inf", "-.INF"})) return -HUGE_VAL;
  if (IsOneOf(text, {".nan", ".NaN", ".NAN"})) return std::nan("");
  return std::nullopt;
}

/// "2024-01-02..." and "12:30:00".
bool LooksLikeTime(std::string_view text) {
  const bool is_date =
      text.size() >= 8 && std::all_of(text.begin(), text.begin() + 4, IsDigit) && text[4] == '-';
  const bool is_sexagesimal = IsDigit(text[0]) && text.find(':') != std::string_view::npos &&
                              text.find_first_not_of("0123456789:.") == std::string_view::npos;
  return is_date || is_sexagesimal;
}

}  // namespace

Json ResolvePlainScalar(std::string_view text) {
  if (text.empty() || IsOneOf(text, {"~", "null", "Null", "NULL"})) return Json();
  if (IsOneOf(text, {"true", "True", "TRUE"})) return Json(true);
  if (IsOneOf(text, {"false", "False", "FALSE"})) return Json(false);
  if (std::string_view("+-.0123456789").find(text[0]) == std::string_view::npos) return Json(text);
  auto number = Integer(text);
  if (!number) number = Float(text);
  if (!number) number = Special(text);
  return number ? ToJson(*number) : Json(text);
}

bool ReadsAsOther(std::string_view text) {
  return !ResolvePlainScalar(text).is_string() ||
         IsOneOf(text, {"y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "on", "On", "ON",
                        "off", "Off", "OFF", "<<"}) ||
         LooksLikeTime(text);
}

}  // namespace tarn::hooks::lua
