// What becomes of the calls that one server makes to what it shares with others: they take time in
// which others run, may be refused, may be carried out without an answer, and all fail once the
// server is dead or while it is cut off. A call may be the server's last. One thread of the
// simulation at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/sync.h"
#include "coverage.h"
#include "options.h"
#include "seeded_scheduler.h"

namespace tarn::sim {

/// Decides in one simulation which troubles come, and gives each a number.
class Chance {
 public:
  /// Both outlive it.
  Chance(SeededScheduler& scheduler, const SimulationOptions& options)
      : scheduler_(scheduler), only_(options.only_troubles) {}
  bool Strikes(uint64_t one_in) {
    if (one_in == 0 || scheduler_.Draw(one_in) != 0) return false;
    const uint32_t number = strikes_++;
    return !only_ || std::binary_search(only_->begin(), only_->end(), number);
  }
  /// So far, also those that did not come in the end.
  uint32_t strikes() const { return strikes_; }

 private:
  SeededScheduler& scheduler_;
  const std::optional<std::vector<uint32_t>>& only_;
  uint32_t strikes_ = 0;
};

class Fate {
 public:
  /// All but the rates outlive it.
  Fate(SeededScheduler& scheduler, Chance& chance, FaultRates rates,
       const std::optional<Steer>& steer, Coverage& coverage)
      : scheduler_(scheduler),
        chance_(chance),
        rates_(rates),
        steer_(steer),
        coverage_(coverage),
        calm_(rates == kNoFaults) {}

  /// From now on nothing happens to the calls, and no other thread runs meanwhile: what an observer
  /// sees is one moment.
  void StandStill() { still_ = true; }
  /// What the server is asked for now may be its end, in any of the calls.
  void Face() {
    if (!chance_.Strikes(rates_.doomed)) return;
    doomed_verb_ = VerbScope::current();
    calls_left_ = 1 + scheduler_.Draw(1 + scheduler_.Draw(kDoomedCalls));
  }
  /// The server dies: what its threads call from now on fails.
  void Die() { dead_ = true; }
  bool dead() const { return dead_; }
  const FaultRates& rates() const { return rates_; }

  /// Makes a call, or not.
  template <class Function>
  auto Call(CallKind call, Function&& function) -> decltype(function()) {
    if (still_) return function();
    if (dead_) return Dead();
    if (!calm_) ++Row().calls[static_cast<size_t>(call)];
    const bool last = IsLast();
    if (Strikes(call, Trouble::kDiedBefore, rates_.dies) || (last && scheduler_.Draw(2) == 0))
      Die();
    Pass(call);
    if (dead_) return Note(call, Trouble::kDiedBefore), Dead();
    if (IsCutOff(call)) return Note(call, Trouble::kCutOff), Status(Code::kIo, "cut off");
    if (Strikes(call, Trouble::kRefused,
                call == CallKind::kHook ? rates_.hook_refuses : rates_.refused)) {
      return Note(call, Trouble::kRefused), Status(Code::kIo, "refused");
    }
    auto answer = function();
    if (last || Strikes(call, Trouble::kDiedAfter, rates_.dies)) Die();
    Pass(call);
    if (dead_) return Note(call, Trouble::kDiedAfter), Dead();
    if (Strikes(call, Trouble::kReplyLost, rates_.reply_lost)) {
      return Note(call, Trouble::kReplyLost), Status(Code::kIo, "the answer is lost");
    }
    return answer;
  }

  /// True if the object that is being stored will be visible, but not durable; its writer fails.
  bool IsHalfDone() {
    constexpr CallKind kCall = CallKind::kObjectWrite;
    if (still_ || dead_ || !Strikes(kCall, Trouble::kHalfDone, rates_.half_done)) return false;
    Note(kCall, Trouble::kHalfDone);
    return true;
  }

 private:
  // Of what a simulation is steered to: one trouble, or each of several. Sweeps of many calls must
  // still come to their end now and then.
  static constexpr uint64_t kSteeredOneIn = 12, kAllSteeredOneIn = 150;

  // Few verbs make more.
  static constexpr uint64_t kDoomedCalls = 40;

  bool IsLast() {
    return calls_left_ > 0 && doomed_verb_ == VerbScope::current() && --calls_left_ == 0;
  }

  static Status Dead() { return {Code::kIo, "the server is dead"}; }
  Coverage::Row& Row() { return coverage_.rows[VerbScope::current()]; }
  void Note(CallKind call, Trouble trouble) { ++Row().trouble(call, trouble); }

  bool Strikes(CallKind call, Trouble trouble, uint64_t one_in) {
    if (!steer_ || calm_ || !steer_->Fits(VerbScope::current(), call, trouble)) {
      return chance_.Strikes(one_in);
    }
    return chance_.Strikes(steer_->trouble ? kSteeredOneIn : kAllSteeredOneIn);
  }

  bool IsCutOff(CallKind call) {
    if (Strikes(call, Trouble::kCutOff, rates_.cut_off)) {
      cut_off_until_ms_ = scheduler_.NowMs() + 1 + static_cast<int64_t>(scheduler_.Draw(20'000));
    }
    return scheduler_.NowMs() < cut_off_until_ms_;
  }

  /// The time that a call takes, on its way or on the way back.
  void Pass(CallKind call) {
    if (Strikes(call, Trouble::kStalled, rates_.stalled)) {
      Note(call, Trouble::kStalled);
      // Two in a row are shorter than what late writers are waited for.
      const uint64_t most_s = scheduler_.Draw(4) == 0 ? 240 : 30;
      return SleepForUs(static_cast<int64_t>(1'000'000 * (1 + scheduler_.Draw(most_s))));
    }
    if (scheduler_.Draw(4) != 0) return scheduler_.Yield();
    SleepForUs(static_cast<int64_t>(1000 * (1 + scheduler_.Draw(20))));
  }

  SeededScheduler& scheduler_;
  Chance& chance_;
  const FaultRates rates_;
  const std::optional<Steer>& steer_;
  Coverage& coverage_;
  const bool calm_;  // Nothing ever happens: what is called does not count.
  bool still_ = false, dead_ = false;
  int64_t cut_off_until_ms_ = 0;
  std::string_view doomed_verb_;
  uint64_t calls_left_ = 0;  // Of that verb, until it dies; 0: it is not doomed.
};

}  // namespace tarn::sim
