// What becomes of the calls that one server makes to the stores it shares with others: they take
// time in which others run, may be refused, may be carried out without an answer, and all fail once
// the server is dead or while it is cut off. A call may be the server's last. One thread of the
// simulation at a time.
#pragma once

#include <cstdint>
#include <utility>

#include "base/result.h"
#include "base/sync.h"
#include "coverage.h"
#include "seeded_scheduler.h"

namespace tarn::sim {

/// One in so many calls; 0: never.
struct FaultRates {
  uint64_t refused = 0, reply_lost = 0, stalled = 0, cut_off = 0, half_done = 0, dies = 0;
};

class Fate {
 public:
  /// `coverage` outlives it.
  Fate(SeededScheduler& scheduler, FaultRates rates, Coverage& coverage)
      : scheduler_(scheduler), rates_(rates), coverage_(coverage) {}

  /// From now on nothing happens to the calls, and no other thread runs meanwhile: what an observer
  /// sees is one moment.
  void StandStill() { still_ = true; }
  /// The server dies: what its threads call from now on fails.
  void Die() { dead_ = true; }
  bool dead() const { return dead_; }

  /// Makes a call, or not.
  template <class Function>
  auto Call(StoreKind store, Function&& function) -> decltype(function()) {
    if (still_) return function();
    if (dead_) return Dead();
    Row().calls[static_cast<size_t>(store)]++;
    if (Strikes(rates_.dies)) Die();
    Pass(store);
    if (dead_) return Note(store, Trouble::kDiedBefore), Dead();
    if (IsCutOff()) return Note(store, Trouble::kCutOff), Status(Code::kIo, "cut off");
    if (Strikes(rates_.refused)) {
      return Note(store, Trouble::kRefused), Status(Code::kIo, "the store refuses");
    }
    auto answer = function();
    if (Strikes(rates_.dies)) Die();
    Pass(store);
    if (dead_) return Note(store, Trouble::kDiedAfter), Dead();
    if (Strikes(rates_.reply_lost)) {
      return Note(store, Trouble::kReplyLost), Status(Code::kIo, "the answer is lost");
    }
    return answer;
  }

  /// True if the object that is being stored will be visible, but not durable; its writer fails.
  bool IsHalfDone() {
    if (still_ || dead_ || !Strikes(rates_.half_done)) return false;
    Note(StoreKind::kObjects, Trouble::kHalfDone);
    return true;
  }

 private:
  static Status Dead() { return {Code::kIo, "the server is dead"}; }
  Coverage::Row& Row() { return coverage_.rows[VerbScope::current()]; }
  void Note(StoreKind store, Trouble trouble) {
    ++Row().troubles[static_cast<size_t>(store)][static_cast<size_t>(trouble)];
  }
  bool Strikes(uint64_t one_in) { return one_in != 0 && scheduler_.Draw(one_in) == 0; }

  bool IsCutOff() {
    if (Strikes(rates_.cut_off)) {
      cut_off_until_ms_ = scheduler_.NowMs() + 1 + static_cast<int64_t>(scheduler_.Draw(20'000));
    }
    return scheduler_.NowMs() < cut_off_until_ms_;
  }

  /// The time that a call takes, on its way or on the way back.
  void Pass(StoreKind store) {
    if (Strikes(rates_.stalled)) {
      Note(store, Trouble::kStalled);
      // Two in a row are shorter than what late writers are waited for.
      const uint64_t most_s = scheduler_.Draw(4) == 0 ? 240 : 30;
      return SleepForUs(static_cast<int64_t>(1'000'000 * (1 + scheduler_.Draw(most_s))));
    }
    if (scheduler_.Draw(4) != 0) return scheduler_.Yield();
    SleepForUs(static_cast<int64_t>(1000 * (1 + scheduler_.Draw(20))));
  }

  SeededScheduler& scheduler_;
  const FaultRates rates_;
  Coverage& coverage_;
  bool still_ = false, dead_ = false;
  int64_t cut_off_until_ms_ = 0;
};

}  // namespace tarn::sim
