// A whole installation under a seed: servers that die and come back, clients that each write paths
// of their own, and checks of everything that was acknowledged.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tarn::sim {

struct SimulationOptions {
  uint64_t seed = 1;
  int servers = 2, clients = 3;
  int operations = 40;         ///< Of each client.
  uint64_t crash_one_in = 60;  ///< Operations before which a server dies; 0: none does.
  uint64_t refused_one_in = 200, reply_lost_one_in = 200;  ///< Calls; 0: none.
  bool trace = false;  ///< Print each operation with its outcome, in the order of their ends.
};

struct SimulationResult {
  std::string failure;             ///< The first thing found wrong; empty: nothing.
  uint64_t steps = 0, digest = 0;  ///< Equal in equal runs.
  uint64_t crashes = 0, faults = 0, calls = 0;
  std::map<std::string, uint64_t> operations;  ///< Acknowledged, by verb.
};

/// Runs it. The same options give the same result.
SimulationResult Simulate(const SimulationOptions& options);

}  // namespace tarn::sim
