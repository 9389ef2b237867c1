// A piece of work that is done once, by whichever thread comes first: one of a pool, or the one
// that needs its result. Level 1.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "base/sync.h"

namespace tarn::runtime {

/// Shared by the queue of a pool and the owner of the result. `T` is what the work comes to.
template <class T>
class SharedTask {
 public:
  explicit SharedTask(std::function<T()> work) : work_(std::move(work)) {}

  /// Does the work unless some thread does or did.
  bool TryRun() {
    if (!Claim(State::kRunning)) return false;
    result_ = work_();
    work_ = nullptr;  // Lets go of what it holds.
    {
      const MutexLock lock(mutex_);
      state_.store(State::kDone, std::memory_order_release);
    }
    ended_.NotifyAll();
    return true;
  }
  bool done() const { return state_.load(std::memory_order_acquire) == State::kDone; }
  /// Waits for the thread that does it; it must have been started.
  void Wait() {
    MutexLock lock(mutex_);
    while (state_.load() != State::kDone) ended_.Wait(lock);
  }
  /// Makes sure that no thread does it from now on.
  void Abandon() {
    if (Claim(State::kDone)) {
      work_ = nullptr;
    } else {
      Wait();
    }
  }

  /// Of a task that is done and was not abandoned.
  T& result() { return *result_; }

 private:
  enum class State : uint8_t { kWaiting, kRunning, kDone };
  bool Claim(State next) {
    State waiting = State::kWaiting;
    return state_.compare_exchange_strong(waiting, next);
  }

  std::function<T()> work_;
  std::atomic<State> state_ = State::kWaiting;
  Mutex mutex_;  // Held to end, so that nobody begins to wait then.
  CondVar ended_;
  std::optional<T> result_;
};

}  // namespace tarn::runtime
