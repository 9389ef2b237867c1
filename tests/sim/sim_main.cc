// sim SECONDS [SEED]: simulates one seed after the other, from SEED on or a random one. Prints what
// was done, and on a failure the seed that repeats it. With 0 seconds: that seed alone, operation
// by operation.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "simulation.h"

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
  const auto begin = Clock::now();
  uint64_t seeds = 0, steps = 0, crashes = 0, faults = 0, calls = 0;
  std::map<std::string, uint64_t> operations;
  int failures = 0;
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  for (; failures < 5 && (seeds == 0 || elapsed() < seconds); ++seed, ++seeds) {
    const auto result = tarn::sim::Simulate({.seed = seed, .trace = seconds <= 0});
    steps += result.steps;
    crashes += result.crashes;
    faults += result.faults;
    calls += result.calls;
    for (const auto& [verb, count] : result.operations) operations[verb] += count;
    if (result.failure.empty()) continue;
    ++failures;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), result.failure.c_str());
  }
  const auto show = [](const char* what, uint64_t count) {
    std::printf("  %-26s %llu\n", what, static_cast<unsigned long long>(count));
  };
  std::printf("%d failures in %.0f s\n", failures, elapsed());
  show("seeds", seeds);
  show("steps of the scheduler", steps);
  show("calls of stores", calls);
  show("servers that died", crashes);
  show("refusals and lost answers", faults);
  for (const auto& [verb, count] : operations) show(verb.c_str(), count);
  return failures == 0 ? 0 : 1;
}
