// Shows that work goes on: on a terminal one line that is redrawn, elsewhere a plain line now and
// then. Everything goes to stderr. One thread.
#pragma once

#include <cstdint>
#include <string>

namespace tarn::cli {

class Progress {
 public:
  /// `what` begins each line: "imported". Times are monotonic milliseconds.
  Progress(std::string what, bool terminal, int64_t now_ms);

  /// Shows the state: count so far, rate since the start, elapsed time.
  void Show(int64_t count, int64_t now_ms);
  /// Ends the redrawn line, showing the last state for good.
  void Finish(int64_t count, int64_t now_ms);

 private:
  std::string Line(int64_t count, int64_t now_ms) const;

  const std::string what_;
  const bool terminal_;
  const int64_t start_ms_;
  int64_t last_line_ms_;
  int frame_ = 0;
};

}  // namespace tarn::cli
