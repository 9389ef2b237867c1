// sim SECONDS [SEED [FAILURES]]: simulates one seed after the other, from SEED on or a random one,
// until so many have failed (5). Prints what was done and what troubled it, and on a failure the
// seed that repeats it. With 0 seconds: that seed alone, operation by operation.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "base/log.h"
#include "simulation.h"

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);  // Failures are what it is about.
  using Clock = std::chrono::steady_clock;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
  const int failures_max = argc > 3 ? std::atoi(argv[3]) : 5;
  const auto begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  uint64_t seeds = 0, steps = 0, crashes = 0, power_cuts = 0;
  tarn::sim::Coverage coverage;
  int failures = 0;
  for (; failures < failures_max && (seeds == 0 || elapsed() < seconds); ++seed, ++seeds) {
    const auto result = tarn::sim::Simulate({.seed = seed, .trace = seconds <= 0});
    steps += result.steps;
    crashes += result.crashes;
    power_cuts += result.power_cuts;
    coverage.Add(result.coverage);
    if (result.failure.empty()) continue;
    ++failures;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), result.failure.c_str());
  }
  const auto show = [](const char* what, uint64_t count) {
    std::printf("  %-26s %llu\n", what, static_cast<unsigned long long>(count));
  };
  std::printf("%s%d failures in %.0f s\n", coverage.ToText().c_str(), failures, elapsed());
  show("seeds", seeds);
  show("steps of the scheduler", steps);
  show("calls of stores", coverage.calls());
  show("servers that died", crashes);
  show("power cuts", power_cuts);
  return failures == 0 ? 0 : 1;
}
