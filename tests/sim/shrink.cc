#include "shrink.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace tarn::sim {
namespace {

// What is taken away changes the order of all that follows, so others are tried.
constexpr uint64_t kSchedules = 6;

class Shrinker {
 public:
  Shrinker(Shrunk best, const RunFn& run, const std::function<bool()>& stop)
      : best_(std::move(best)), run_(run), stop_(stop) {}

  Shrunk Run() {
    DropKinds();
    auto& operations = best_.options.only_operations;
    if (!operations) operations = best_.result.operations;
    std::sort(operations->begin(), operations->end());
    DropNumbers(&SimulationOptions::only_operations);
    // Troubles have numbers that mean something in the same order only.
    schedules_ = 1;
    best_.options.only_troubles.emplace(best_.result.strikes);
    std::iota(best_.options.only_troubles->begin(), best_.options.only_troubles->end(), 0);
    DropNumbers(&SimulationOptions::only_troubles);
    DropNumbers(&SimulationOptions::only_operations);
    return best_;
  }

 private:
  /// Takes what still fails.
  bool Try(SimulationOptions smaller) {
    const uint64_t first = smaller.schedule.value_or(smaller.seed);
    for (uint64_t i = 0; i < schedules_ && !stop_(); ++i) {
      if (i > 0) smaller.schedule = first + i;
      SimulationResult result = run_(smaller);
      ++best_.runs;
      if (result.failure.empty()) continue;
      best_.options = std::move(smaller);
      best_.result = std::move(result);
      return true;
    }
    return false;
  }

  void DropKinds() {
    for (const FaultName& fault : kFaultNames) {
      SimulationOptions smaller = best_.options;
      if (std::exchange(smaller.faults.*fault.rate, 0) != 0) Try(smaller);
    }
    // One janitor at least: without any, jobs of servers that died never end.
    for (int SimulationOptions::*const count :
         {&SimulationOptions::servers, &SimulationOptions::janitors}) {
      SimulationOptions smaller = best_.options;
      while (smaller.*count > 1 && (--(smaller.*count), Try(smaller))) continue;
    }
  }

  /// Half of the numbers at once, then ever smaller parts of them.
  void DropNumbers(std::optional<std::vector<uint32_t>> SimulationOptions::*list) {
    for (size_t part = (best_.options.*list)->size(); part > 0; part /= 2) {
      for (size_t end = (best_.options.*list)->size(); end > 0 && !stop_();) {
        const size_t begin = end > part ? end - part : 0;
        SimulationOptions smaller = best_.options;
        auto& numbers = *(smaller.*list);
        numbers.erase(numbers.begin() + static_cast<ptrdiff_t>(begin),
                      numbers.begin() + static_cast<ptrdiff_t>(end));
        Try(std::move(smaller));
        end = begin;
      }
    }
  }

  Shrunk best_;
  const RunFn& run_;
  const std::function<bool()>& stop_;
  uint64_t schedules_ = kSchedules;
};

}  // namespace

Shrunk Shrink(const SimulationOptions& failing, const RunFn& run,
              const std::function<bool()>& stop) {
  Shrunk shrunk{.options = failing, .result = run(failing), .runs = 1};
  if (shrunk.result.failure.empty()) return shrunk;
  return Shrinker(std::move(shrunk), run, stop).Run();
}

}  // namespace tarn::sim
