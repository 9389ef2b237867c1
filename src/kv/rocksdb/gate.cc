#include "kv/rocksdb/gate.h"

#include <algorithm>
#include <thread>

namespace tarn::kv::rocks {

bool Gate::Close(std::chrono::milliseconds limit) {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
  }
  open_.store(false, std::memory_order_seq_cst);
  const auto end = std::chrono::steady_clock::now() + limit;
  const auto has_readers = [](const Slot& slot) {
    return slot.readers.load(std::memory_order_seq_cst) != 0;
  };
  while (std::any_of(slots_.begin(), slots_.end(), has_readers)) {
    if (std::chrono::steady_clock::now() >= end) {
      Open();
      return false;
    }
    // Rare and short; readers need no bell to ring.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void Gate::Open() {
  open_.store(true, std::memory_order_seq_cst);
  Settle();
}

void Gate::WaitWhileClosing() {
  MutexLock lock(mutex_);
  while (closing_) settled_.Wait(lock);
}

void Gate::Settle() {
  {
    const MutexLock lock(mutex_);
    closing_ = false;
  }
  settled_.NotifyAll();
}

}  // namespace tarn::kv::rocks
