// What decides a simulation, and how one is named: a case is a text that repeats a run.
//
//   17                                        the run of seed 17
//   17:steer=put/kv write/lost                with one trouble of one verb that comes oftener
//   17:steer=put/*/*                          with all of them
//   17:schedule=3:servers=1:off=refused,dies:operations=2.7,3.1:troubles=0,4
//                                             what is left of it after it was made smaller
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coverage.h"

namespace tarn::sim {

/// One in so many calls; 0: never.
struct FaultRates {
  uint64_t refused = 300, reply_lost = 300, stalled = 400, cut_off = 3000, half_done = 40,
           dies = 1500;
  uint64_t doomed = 30;  ///< Of servers that are asked for something: it dies in one of the calls.
  uint64_t hook_refuses = 30;
  uint64_t power_cut = 60;  ///< Of sweeps.
  friend bool operator==(const FaultRates&, const FaultRates&) = default;
};
inline constexpr FaultRates kNoFaults = {.refused = 0,
                                         .reply_lost = 0,
                                         .stalled = 0,
                                         .cut_off = 0,
                                         .half_done = 0,
                                         .dies = 0,
                                         .doomed = 0,
                                         .hook_refuses = 0,
                                         .power_cut = 0};

/// The rates by their names in cases.
struct FaultName {
  std::string_view name;
  uint64_t FaultRates::*rate;
};
inline constexpr FaultName kFaultNames[] = {
    {"refused", &FaultRates::refused},    {"lost", &FaultRates::reply_lost},
    {"stalled", &FaultRates::stalled},    {"cut off", &FaultRates::cut_off},
    {"half", &FaultRates::half_done},     {"dies", &FaultRates::dies},
    {"doomed", &FaultRates::doomed},      {"hook refuses", &FaultRates::hook_refuses},
    {"power cut", &FaultRates::power_cut}};

/// Which trouble comes oftener; no call or trouble means any.
struct Steer {
  std::string verb;
  std::optional<CallKind> call;
  std::optional<Trouble> trouble;
  bool Fits(std::string_view at, CallKind in, Trouble what) const {
    return call.value_or(in) == in && trouble.value_or(what) == what && verb == at;
  }
};

/// Operations of a simulation have numbers: those of a client follow each other from a multiple of
/// this on.
inline constexpr uint32_t kOperationsMax = 10'000;

struct SimulationOptions {
  uint64_t seed = 1;                      ///< Of what clients do.
  std::optional<uint64_t> schedule = {};  ///< Seed of order, time and troubles; none: the same.
  int servers = 2;
  int janitors = 2;
  int operations = 40;  ///< Of each client.
  FaultRates faults;
  /// Numbers, ascending: the only operations that clients do, the only troubles that come. None:
  /// all of them.
  std::optional<std::vector<uint32_t>> only_operations = {}, only_troubles = {};
  std::optional<Steer> steer = {};
  bool trace = false;  ///< Print each operation with its outcome, in the order of their ends.
};

/// The case of options, but for `trace`.
std::string CaseText(const SimulationOptions& options);
/// kInvalidValue for a text that is no case.
Result<SimulationOptions> ParseCase(std::string_view text);

}  // namespace tarn::sim
