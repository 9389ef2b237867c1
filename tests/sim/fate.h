// What becomes of the calls that one server makes to the stores it shares with others: they take
// time in which others run, may be refused, may be carried out without an answer, and all fail once
// the server is dead. One thread of the simulation at a time.
#pragma once

#include <cstdint>
#include <utility>

#include "base/result.h"
#include "seeded_scheduler.h"

namespace tarn::sim {

/// One fault in so many calls; 0: never.
struct FaultRates {
  uint64_t refused = 0, reply_lost = 0;
};

class Fate {
 public:
  Fate(SeededScheduler& scheduler, FaultRates rates) : scheduler_(scheduler), rates_(rates) {}

  /// The server dies: what its threads call from now on fails.
  void Die() { dead_ = true; }
  bool dead() const { return dead_; }
  uint64_t faults() const { return faults_; }
  uint64_t calls() const { return calls_; }

  /// Makes a call, or not.
  template <class Function>
  auto Call(Function&& function) -> decltype(function()) {
    ++calls_;
    scheduler_.Yield();
    if (dead_) return Status(Code::kIo, "the server is dead");
    if (Strikes(rates_.refused)) return Status(Code::kIo, "the store refuses");
    auto answer = function();
    scheduler_.Yield();
    if (dead_) return Status(Code::kIo, "the server is dead");
    if (Strikes(rates_.reply_lost)) return Status(Code::kIo, "the answer is lost");
    return answer;
  }

 private:
  bool Strikes(uint64_t one_in) {
    if (one_in == 0 || scheduler_.Draw(one_in) != 0) return false;
    ++faults_;
    return true;
  }

  SeededScheduler& scheduler_;
  const FaultRates rates_;
  bool dead_ = false;
  uint64_t faults_ = 0, calls_ = 0;
};

}  // namespace tarn::sim
