#include "codec/go_duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "codec/utf8.h"
#include "fmt/format.h"

namespace tarn {
namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1e3},
                                         {"\xc2\xb5s", 1e3},
                                         {"\xce\xbcs", 1e3},
                                         {"ms", 1e6},
                                         {"s", 1e9},
                                         {"m", 60e9},
                                         {"h", 3600e9}}};

constexpr bool IsNumberPart(char c) { return (c >= '0' && c <= '9') || c == '.'; }

Status Refuse(std::string_view why, std::string_view text) {
  return {Code::kInternal, fmt::format("time: {} duration {}", why, Quote(text))};
}

/// A number with at most nine decimals, as text without useless zeros.
std::string Decimal(double value, std::string_view unit) {
  std::string text = fmt::format("{:.9f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text.append(unit);
}

}  // namespace

Result<std::chrono::nanoseconds> ParseGoDuration(std::string_view text) {
  std::string_view rest = text;
  const bool is_negative = rest.starts_with('-');
  if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return std::chrono::nanoseconds(0);
  if (rest.empty()) return Refuse("invalid", text);
  double total = 0;
  while (!rest.empty()) {
    size_t digits = 0;
    while (digits < rest.size() && IsNumberPart(rest[digits])) ++digits;
    double number = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + digits, number, std::chars_format::fixed);
    if (digits == 0 || error != std::errc() || end != rest.data() + digits) {
      return Refuse("invalid", text);
    }
    rest.remove_prefix(digits);
    size_t length = 0;
    while (length < rest.size() && !IsNumberPart(rest[length])) ++length;
    const std::string_view name = rest.substr(0, length);
    if (name.empty()) return Refuse("missing unit in", text);
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) found = unit.name == name ? &unit : found;
    if (found == nullptr) return Refuse(fmt::format("unknown unit {} in", Quote(name)), text);
    rest.remove_prefix(length);
    total += number * found->nanoseconds;
  }
  if (!(total < static_cast<double>(std::numeric_limits<int64_t>::max()))) {
    return Refuse("invalid", text);
  }
  const auto count = static_cast<int64_t>(std::llround(total));
  return std::chrono::nanoseconds(is_negative ? -count : count);
}

std::string FormatGoDuration(std::chrono::nanoseconds duration) {
  int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  count = std::abs(count);
  const auto value = static_cast<double>(count);
  if (count < 1'000) return sign + std::to_string(count) + "ns";
  if (count < 1'000'000) return sign + Decimal(value / 1e3, "\xc2\xb5s");
  if (count < 1'000'000'000) return sign + Decimal(value / 1e6, "ms");
  const int64_t minutes = count / 60'000'000'000;
  std::string text = sign;
  if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
  if (minutes > 0) text += std::to_string(minutes % 60) + "m";
  return text + Decimal(static_cast<double>(count % 60'000'000'000) / 1e9, "s");
}

}  // namespace tarn
