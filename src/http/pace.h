// How slow a client may be: within each window of waiting for it, so many bytes must move. Level 2;
// a value.
//
// Only time that is spent waiting for the client counts, so a busy server is not held against it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tarn::http {

class Pace {
 public:
  Pace(int64_t window_ms, int64_t bytes_min)
      : window_ms_(window_ms), bytes_min_(bytes_min), left_ms_(window_ms) {}

  /// How long the client may be waited for now.
  int64_t left_ms() const { return left_ms_; }
  void Waited(int64_t duration_ms) { left_ms_ = std::max<int64_t>(left_ms_ - duration_ms, 0); }
  /// Enough bytes begin a new window.
  void Moved(int64_t bytes) {
    moved_bytes_ += bytes;
    if (moved_bytes_ < bytes_min_) return;
    moved_bytes_ = 0;
    left_ms_ = window_ms_;
  }

 private:
  const int64_t window_ms_, bytes_min_;
  int64_t left_ms_;
  int64_t moved_bytes_ = 0;
};

}  // namespace tarn::http
