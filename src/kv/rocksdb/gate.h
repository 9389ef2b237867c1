// Lets many readers use a thing that one thread must sometimes take away. Level 3; thread-safe.
//
// Entering costs one uncontended atomic addition: readers count themselves in slots of their own
// cache lines. The one who closes sets a flag first and then waits for the slots to empty.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/sync.h"

namespace tarn::kv::rocks {

class Gate {
 public:
  static constexpr int kClosed = -1;

  /// A slot to give to Leave, or kClosed.
  int Enter() {
    const int slot = SlotOfThread();
    slots_[static_cast<size_t>(slot)].readers.fetch_add(1, std::memory_order_seq_cst);
    if (open_.load(std::memory_order_seq_cst)) [[likely]]
      return slot;
    Leave(slot);
    return kClosed;
  }
  void Leave(int slot) {
    slots_[static_cast<size_t>(slot)].readers.fetch_sub(1, std::memory_order_release);
  }

  /// Lets nobody in any more and waits until all have left; opens again and returns false if that
  /// takes longer than `limit`.
  bool Close(std::chrono::milliseconds limit);
  void Open();
  /// Waits until the gate is open or whoever closed it has given up (Settle).
  void WaitWhileClosing();
  /// The gate stays closed for now: nobody needs to wait.
  void Settle();

 private:
  struct alignas(64) Slot {
    std::atomic<int64_t> readers = 0;
  };
  static constexpr size_t kSlots = 16;
  static int SlotOfThread() {
    static std::atomic<unsigned> next = 0;
    thread_local const int slot =
        static_cast<int>(next.fetch_add(1, std::memory_order_relaxed) % kSlots);
    return slot;
  }

  std::array<Slot, kSlots> slots_;
  std::atomic<bool> open_ = true;
  Mutex mutex_;
  CondVar settled_;
  bool closing_ TARN_GUARDED_BY(mutex_) = false;
};

}  // namespace tarn::kv::rocks
