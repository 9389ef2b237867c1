// sim SECONDS [CASE [FAILURES [SHRINK_SECONDS]]]: simulates one seed after the other, from that of
// the case on or a random one, until so many have failed (5). Half of the runs are steered to kinds
// of trouble that a verb has not met yet, unless the case steers all. Prints what was done and what
// troubled it, and of the first failure the case that is left after it was made smaller for so long
// (60 s).
//
// With 0 seconds: that case alone, operation by operation.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "base/log.h"
#include "isolated.h"
#include "shrink.h"

namespace tarn::sim {
namespace {

constexpr size_t kShownMax = 10;
constexpr ptrdiff_t kOneByOneMax = 3;
constexpr uint64_t kStride = 7919;  // Cells that follow each other are of one verb.

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

struct Account {
  uint64_t seeds = 0, steps = 0, crashes = 0, power_cuts = 0;
  double all_met_seconds = 0;  // When the table had no empty cell first, or 0.
  Coverage coverage;
  std::vector<SimulationOptions> failures;
};

void Show(const char* what, uint64_t count, double seconds) {
  std::printf("  %-26s %12llu  %10.1f per second\n", what, static_cast<unsigned long long>(count),
              static_cast<double>(count) / seconds);
}

void ShowAccount(const Account& account, double seconds) {
  std::printf("%s", account.coverage.ToText().c_str());
  const auto empty = account.coverage.EmptyCells();
  std::printf("%zu of %zu cells are zero", empty.size(), account.coverage.cells());
  for (size_t i = 0; i < std::min(empty.size(), kShownMax); ++i) {
    SimulationOptions steered;
    steered.steer = {.verb = empty[i].verb, .call = empty[i].call, .trouble = empty[i].trouble};
    std::printf("%s %s", i == 0 ? ":" : ";", CaseText(steered).c_str() + 2);
  }
  std::printf("\n%zu failures in %.0f s\n", account.failures.size(), seconds);
  if (empty.empty()) std::printf("no cell was zero after %.0f s\n", account.all_met_seconds);
  Show("seeds", account.seeds, seconds);
  Show("operations", account.coverage.operations(), seconds);
  Show("calls", account.coverage.calls(), seconds);
  Show("steps of the scheduler", account.steps, seconds);
  Show("servers that died", account.crashes, seconds);
  Show("power cuts", account.power_cuts, seconds);
}

/// The next seed; every second one is steered to what a verb has not met yet, if not to anything
/// else: all of it, or at last one by one.
SimulationOptions Next(SimulationOptions options, const Account& account) {
  options.seed += account.seeds;
  const auto empty = account.coverage.EmptyCells();
  if (options.steer || account.seeds % 2 == 0 || empty.empty()) return options;
  const Coverage::Cell& cell = empty[account.seeds * kStride % empty.size()];
  options.steer = {.verb = cell.verb, .call = {}, .trouble = {}};
  const auto of_verb = std::count_if(empty.begin(), empty.end(), [&](const Coverage::Cell& other) {
    return other.verb == cell.verb;
  });
  if (of_verb > kOneByOneMax) return options;
  options.steer->call = cell.call;
  options.steer->trouble = cell.trouble;
  return options;
}

Account Run(const SimulationOptions& first, double seconds, size_t failures_max) {
  Account account;
  const Stopwatch watch;
  while (account.failures.size() < failures_max && watch.seconds() < seconds) {
    const SimulationOptions options = Next(first, account);
    const auto result = SimulateIsolated(options);
    ++account.seeds;
    account.steps += result.steps;
    account.crashes += result.crashes;
    account.power_cuts += result.power_cuts;
    account.coverage.Add(result.coverage);
    const bool all_met = account.coverage.EmptyCells().empty();
    if (!all_met) account.all_met_seconds = 0;
    if (all_met && account.all_met_seconds == 0) account.all_met_seconds = watch.seconds();
    if (result.failure.empty()) continue;
    account.failures.push_back(options);
    std::printf("seed %s: %s\n", CaseText(options).c_str(), result.failure.c_str());
    std::fflush(stdout);
  }
  ShowAccount(account, watch.seconds());
  return account;
}

void ShowShrunk(const SimulationOptions& failing, double seconds) {
  const Stopwatch watch;
  const Shrunk shrunk =
      Shrink(failing, SimulateIsolated, [&] { return watch.seconds() > seconds; });
  std::printf("made smaller in %d runs: %s\n  ./dev sim 0 '%s'\n", shrunk.runs,
              shrunk.result.failure.c_str(), CaseText(shrunk.options).c_str());
}

int Main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);  // Failures are what it is about.
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  SimulationOptions first;
  first.seed = std::random_device()();
  if (argc > 2) {
    auto parsed = ParseCase(argv[2]);
    if (!parsed.ok()) {
      std::fprintf(stderr, "sim: %s\n", parsed.status().ToString().c_str());
      return 2;
    }
    first = *std::move(parsed);
  }
  const size_t failures_max = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 5;
  const double shrink_seconds = argc > 4 ? std::atof(argv[4]) : 60;
  if (seconds <= 0) {
    first.trace = true;
    const auto result = SimulateIsolated(first);
    std::printf("%s\n", result.failure.empty() ? "nothing is wrong" : result.failure.c_str());
    return result.failure.empty() ? 0 : 1;
  }
  const Account account = Run(first, seconds, failures_max);
  if (account.failures.empty()) return 0;
  if (shrink_seconds > 0) ShowShrunk(account.failures.front(), shrink_seconds);
  return 1;
}

}  // namespace
}  // namespace tarn::sim

int main(int argc, char** argv) { return tarn::sim::Main(argc, argv); }
