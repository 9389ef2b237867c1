// Work that several threads want at the same time and one does. Level 4; thread-safe; waits.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/sync.h"

namespace tarn::sst {

class SingleFlight {
 public:
  /// Runs `work`, unless another thread is at work under that key: then waits for its end. True if
  /// `work` was run.
  template <class Function>
  bool Run(const std::string& key, Function work) {
    if (!Begin(key)) return false;
    work();
    End(key);
    return true;
  }

 private:
  bool Begin(const std::string& key) {
    MutexLock lock(mutex_);
    const auto [flight, is_new] = flights_.try_emplace(key, next_number_);
    if (is_new) return ++next_number_, true;
    // Those who come later are another flight.
    for (const uint64_t number = flight->second; IsAloft(key, number);) ended_.Wait(lock);
    return false;
  }
  void End(const std::string& key) {
    const MutexLock lock(mutex_);
    flights_.erase(key);
    ended_.NotifyAll();
  }
  bool IsAloft(const std::string& key, uint64_t number) const TARN_REQUIRES(mutex_) {
    const auto flight = flights_.find(key);
    return flight != flights_.end() && flight->second == number;
  }

  Mutex mutex_;
  CondVar ended_;
  std::map<std::string, uint64_t> flights_ TARN_GUARDED_BY(mutex_);  // Key to number.
  uint64_t next_number_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::sst
