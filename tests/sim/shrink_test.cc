#include "shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tarn::sim {
namespace {

bool Holds(const std::optional<std::vector<uint32_t>>& numbers, uint32_t number) {
  return !numbers || std::binary_search(numbers->begin(), numbers->end(), number);
}

/// Fails if two operations meet two troubles, in schedules of which every third is the wrong one.
SimulationResult RunOfTwo(const SimulationOptions& options) {
  SimulationResult result;
  for (uint32_t i = 100; i-- > 0;) {
    if (Holds(options.only_operations, i)) result.operations.push_back(i);
  }
  result.strikes = 40;
  const bool both = Holds(options.only_operations, 17) && Holds(options.only_operations, 60);
  const bool troubled = options.faults.dies != 0 && Holds(options.only_troubles, 3) &&
                        Holds(options.only_troubles, 31);
  const bool in_time = options.schedule.value_or(options.seed) % 3 != 0;
  if (both && troubled && in_time) result.failure = "wrong";
  return result;
}

TEST(Shrink, WhatIsLeftIsNeeded) {
  SimulationOptions failing;
  failing.seed = 7;
  const Shrunk shrunk = Shrink(failing, RunOfTwo, [] { return false; });
  EXPECT_EQ(shrunk.result.failure, "wrong");
  EXPECT_EQ(
      CaseText(shrunk.options),
      "7:servers=1:janitors=1:off=refused,lost,stalled,cut off,half,doomed,hook refuses,power cut"
      ":operations=0.17,0.60:troubles=3,31");
}

TEST(Shrink, TakesAnotherScheduleIfItMust) {
  const auto run = [](const SimulationOptions& options) {
    SimulationResult result;
    const bool first = !options.schedule && options.faults == FaultRates();
    if (first || options.schedule.value_or(0) % 5 == 4) result.failure = "wrong";
    return result;
  };
  SimulationOptions failing;
  failing.seed = 10;
  const Shrunk shrunk = Shrink(failing, run, [] { return false; });
  EXPECT_EQ(shrunk.options.schedule, 14u);
  EXPECT_EQ(shrunk.options.faults, kNoFaults);
}

TEST(Shrink, LeavesWhatDoesNotFail) {
  const auto run = [](const SimulationOptions&) { return SimulationResult(); };
  const Shrunk shrunk = Shrink({.seed = 9}, run, [] { return false; });
  EXPECT_EQ(shrunk.result.failure, "");
  EXPECT_EQ(CaseText(shrunk.options), "9");
}

}  // namespace
}  // namespace tarn::sim
