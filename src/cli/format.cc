#include "cli/format.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

#include "fmt/format.h"

namespace tarn::cli {

std::string FormatDate(int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts = {};
  ::localtime_r(&time, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z %Z", &parts)};
}

std::string FormatBytes(int64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string FormatCount(int64_t count) {
  const std::string digits = fmt::to_string(count);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0 && text != "-") text += ',';
    text += digits[i];
  }
  return text;
}

std::string FormatElapsed(int64_t milliseconds) {
  if (milliseconds < 60'000) {
    return fmt::format("{:.1f} s", static_cast<double>(milliseconds) / 1000);
  }
  const int64_t seconds = milliseconds / 1000;
  return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
}

std::string PadRight(std::string_view text, size_t width) {
  return fmt::format("{:<{}}", text, width);
}

bool StdoutIsTerminal() {
  const char* forced = std::getenv("LAKECTL_INTERACTIVE");
  if (forced == nullptr || *forced == '\0') return ::isatty(STDOUT_FILENO) == 1;
  for (const auto* no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (std::string_view(forced) == no) return false;
  }
  return true;
}

bool StderrIsTerminal() { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace tarn::cli
