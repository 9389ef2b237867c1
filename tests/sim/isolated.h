// A simulation in a process of its own, so that one that ends its process or never ends is a
// failure like any other.
#pragma once

#include "simulation.h"

namespace tarn::sim {

/// Runs it. The calling process has one thread.
SimulationResult SimulateIsolated(const SimulationOptions& options);

/// The text that a result crosses the border as, and back; a text that is none is a failure.
std::string ResultText(const SimulationResult& result);
SimulationResult ParseResult(const std::string& text);

}  // namespace tarn::sim
