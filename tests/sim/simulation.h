// A whole installation under a seed: servers that die and come back, clients that each know what
// they may read, and checks of everything that was acknowledged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coverage.h"
#include "options.h"

namespace tarn::sim {

struct SimulationResult {
  std::string failure;             ///< The first thing found wrong; empty: nothing.
  uint64_t steps = 0, digest = 0;  ///< Equal in equal runs.
  uint64_t crashes = 0, power_cuts = 0;
  std::vector<uint32_t> operations;  ///< Numbers of those that clients began.
  uint32_t strikes = 0;              ///< Troubles have the numbers below this.
  Coverage coverage;
};

/// Runs it. The same options give the same result.
SimulationResult Simulate(const SimulationOptions& options);

}  // namespace tarn::sim
