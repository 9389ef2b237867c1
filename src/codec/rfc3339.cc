#include "codec/rfc3339.h"

#include <chrono>
#include <string>

namespace tarn {
namespace {

constexpr std::string_view kForm = "0000-00-00T00:00:00";
constexpr size_t kDecimalsMax = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Whether digits are where the form has zeros, and all else is as it is there.
bool HasForm(std::string_view text) {
  for (size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !IsDigit(text[i]) : text[i] != kForm[i]) return false;
  }
  return true;
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

}  // namespace

std::optional<Timestamp> ParseRfc3339Utc(std::string_view text) {
  if (text.size() <= kForm.size() || !text.ends_with('Z') || !HasForm(text)) return std::nullopt;
  const auto part = [&](size_t at, size_t length) { return Number(text.substr(at, length)); };
  const std::chrono::year_month_day day{std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  const int hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::string decimals(text.substr(kForm.size(), text.size() - kForm.size() - 1));
  if (!decimals.empty()) {
    if (decimals[0] != '.' || decimals.size() < 2 || decimals.size() > kDecimalsMax + 1) {
      return std::nullopt;
    }
    decimals.erase(0, 1);
    for (const char c : decimals) {
      if (!IsDigit(c)) return std::nullopt;
    }
  }
  decimals.resize(kDecimalsMax, '0');
  const int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return Timestamp{((days * 24 + hour) * 60 + minute) * 60 + second, Number(decimals)};
}

}  // namespace tarn
