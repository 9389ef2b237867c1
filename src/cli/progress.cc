#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

#include "cli/format.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

constexpr int64_t kPlainPeriodMs = 5000;
constexpr int kBarColumns = 16;

// The total is not known, so a block runs to and fro.
std::string Bar(int frame) {
  const int room = kBarColumns - 3;
  const int place = frame % (2 * room);
  std::string bar(kBarColumns, '-');
  const int start = place < room ? place : 2 * room - place;
  for (int i = 0; i < 3; ++i) bar[static_cast<size_t>(start + i)] = '#';
  return bar;
}

}  // namespace

Progress::Progress(std::string what, bool terminal, int64_t now_ms)
    : what_(std::move(what)), terminal_(terminal), start_ms_(now_ms), last_line_ms_(now_ms) {}

std::string Progress::Line(int64_t count, int64_t now_ms) const {
  const int64_t elapsed_ms = std::max<int64_t>(1, now_ms - start_ms_);
  return fmt::format("{} {} objects, {} per second, {}", what_, FormatCount(count),
                     FormatCount(count * 1000 / elapsed_ms), FormatElapsed(elapsed_ms));
}

void Progress::Show(int64_t count, int64_t now_ms) {
  if (terminal_) {
    fmt::print(stderr, "\r\033[K[{}] {}", Bar(frame_++), Line(count, now_ms));
    std::fflush(stderr);
  } else if (now_ms - last_line_ms_ >= kPlainPeriodMs) {
    last_line_ms_ = now_ms;
    fmt::print(stderr, "{}\n", Line(count, now_ms));
  }
}

void Progress::Finish(int64_t count, int64_t now_ms) {
  fmt::print(stderr, "{}{}\n", terminal_ ? "\r\033[K" : "", Line(count, now_ms));
}

}  // namespace tarn::cli
