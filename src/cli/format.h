// How values are shown: dates, sizes, rates. Pure functions, but for the local time zone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::cli {

/// "2026-01-02 15:04:05 +0100 CET" in the local zone.
std::string FormatDate(int64_t seconds);
/// "999 B", "1.2 kB", "3.4 MB": powers of 1000.
std::string FormatBytes(int64_t bytes);
/// "1,234,567".
std::string FormatCount(int64_t count);
/// "4.2 s", "3 min 07 s".
std::string FormatElapsed(int64_t milliseconds);
/// Pads with spaces to `width` columns; never cuts.
std::string PadRight(std::string_view text, size_t width);

/// True if stdout is for human eyes: a terminal, or LAKECTL_INTERACTIVE says so.
bool StdoutIsTerminal();
bool StderrIsTerminal();

}  // namespace tarn::cli
