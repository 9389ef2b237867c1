// One thread sleeps until another lets it go: a one-shot event on a futex. Level 0.
//
// Half the cost of a mutex and a condition variable per wait, and no system call when the event
// comes before the sleep. Linux only.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace tarn {

class Parker {
 public:
  /// Sleeps until Unpark was called.
  void Park() {
    uint32_t expected = kWaiting;
    if (!state_.compare_exchange_strong(expected, kAsleep, std::memory_order_acquire)) return;
    while (state_.load(std::memory_order_acquire) == kAsleep) {
      syscall(SYS_futex, Address(), FUTEX_WAIT_PRIVATE, kAsleep, nullptr, nullptr, 0);
    }
  }
  /// Lets the sleeper go. It may destroy the Parker at once, so nothing is touched afterwards but
  /// the address, and a stray wake-up of whatever lies there next is harmless to a futex loop.
  void Unpark() {
    uint32_t* const address = Address();
    if (state_.exchange(kReleased, std::memory_order_release) == kAsleep) {
      syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
  }

 private:
  static constexpr uint32_t kWaiting = 0, kAsleep = 1, kReleased = 2;
  static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));
  uint32_t* Address() { return reinterpret_cast<uint32_t*>(&state_); }
  std::atomic<uint32_t> state_ = kWaiting;
};

}  // namespace tarn
