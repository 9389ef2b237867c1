#include "server/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace tarn::server {
namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};
// Longer names first where one begins with the other.
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1e3},
                                         {"\xc2\xb5s", 1e3},
                                         {"\xce\xbcs", 1e3},
                                         {"ms", 1e6},
                                         {"s", 1e9},
                                         {"m", 60e9},
                                         {"h", 3600e9}}};

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> ParseDuration(std::string_view text) {
  if (const auto integer = ParseInteger(text)) return integer;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || text[0] == '-') return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (text.starts_with(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (unit == nullptr) return std::nullopt;
    text.remove_prefix(unit->name.size());
    total += number * unit->nanoseconds;
  }
  if (!(total < static_cast<double>(std::numeric_limits<int64_t>::max()))) return std::nullopt;
  const auto nanoseconds = static_cast<int64_t>(std::llround(total));
  return negative ? -nanoseconds : nanoseconds;
}

}  // namespace tarn::server
