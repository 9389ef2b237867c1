// Makes a failing simulation smaller: fewer servers, sweeps, kinds of trouble, operations and
// troubles, as long as what is left still fails, for whatever reason.
#pragma once

#include <functional>

#include "simulation.h"

namespace tarn::sim {

using RunFn = std::function<SimulationResult(const SimulationOptions&)>;

struct Shrunk {
  SimulationOptions options;
  SimulationResult result;  ///< Of a run of them.
  int runs = 0;
};

/// `failing` fails when `run` runs it. Ends early once `stop` says so.
Shrunk Shrink(const SimulationOptions& failing, const RunFn& run,
              const std::function<bool()>& stop);

}  // namespace tarn::sim
