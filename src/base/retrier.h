// Makes calls again whose failure says that this can help (Retry::kLater), after pauses that grow
// and vary by chance. Level 0; thread-safe.
//
// On a thread that must not wait a passing failure is kWouldBlock.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/random.h"
#include "base/result.h"
#include "base/sync.h"

namespace tarn {

struct RetryOptions {
  int attempts_max = 5;
  int64_t pause_us_first = 50'000;  ///< Doubles from one attempt to the next.
  int64_t pause_us_max = 5'000'000;
  std::function<void(int64_t us)> sleep = SleepForUs;
  Code given_up = Code::kIo;  ///< What kSlowDown is after the last attempt.
};

/// Repeats calls as the options say. Thread-safe.
class Retrier {
 public:
  /// `random` outlives it.
  Retrier(RetryOptions options, Random& random) : options_(std::move(options)), random_(random) {}

  /// The answer of `call`, a function that returns a Status or a Result.
  template <class Function>
  auto Call(Function&& call) -> decltype(call()) {
    for (int attempt = 1;; ++attempt) {
      auto answer = call();
      if (answer.retry() != Retry::kLater) return answer;
      if (attempt >= options_.attempts_max) return GivenUp(ToStatus(std::move(answer)));
      if (const Status pause = Pause(attempt); !pause.ok()) return pause;
    }
  }

 private:
  Status GivenUp(Status failure) const;
  /// Waits after a failed attempt, counted from 1. kWouldBlock.
  Status Pause(int attempt);

  const RetryOptions options_;
  Random& random_;
};

}  // namespace tarn
