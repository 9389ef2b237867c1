// A whole installation under a seed: servers that die and come back, clients that each know what
// they may read, and checks of everything that was acknowledged.
#pragma once

#include <cstdint>
#include <string>

#include "coverage.h"
#include "fate.h"

namespace tarn::sim {

struct SimulationOptions {
  uint64_t seed = 1;
  int servers = 2;
  int operations = 40;  ///< Of each client.
  FaultRates faults = {.refused = 300,
                       .reply_lost = 300,
                       .stalled = 400,
                       .cut_off = 3000,
                       .half_done = 40,
                       .dies = 1500};
  uint64_t hooks_refuse_one_in = 30;  ///< Hooks; 0: none does.
  uint64_t power_cut_one_in = 60;     ///< Sweeps; 0: never.
  bool trace = false;  ///< Print each operation with its outcome, in the order of their ends.
};

struct SimulationResult {
  std::string failure;             ///< The first thing found wrong; empty: nothing.
  uint64_t steps = 0, digest = 0;  ///< Equal in equal runs.
  uint64_t crashes = 0, power_cuts = 0;
  Coverage coverage;
};

/// Runs it. The same options give the same result.
SimulationResult Simulate(const SimulationOptions& options);

}  // namespace tarn::sim
