#include "simulation.h"

#include <memory>
#include <random>
#include <vector>

#include "base/sync.h"
#include "checks_at_rest.h"
#include "installation.h"
#include "janitor.h"
#include "private_branches.h"
#include "repository_races.h"
#include "shared_paths.h"
#include "versioning/branch/branches.h"
#include "versioning/repository/repositories.h"

namespace tarn::sim {
namespace {

constexpr int kSharedClients = 2, kPrivateClients = 2, kRepositoryClients = 2, kRepositoryCrowd = 3;
// Longer than calls that stall.
constexpr int64_t kQuietUs = 7'200'000'000;

// Every second one.
bool IsCrowd(uint64_t seed) { return std::mt19937_64(seed)() % 2 == 0; }

// A repository that is deleted slowly may be created anew before the end.
SimulationOptions WithSlowDeletes(SimulationOptions options) {
  if (!options.steer) {
    options.steer = {
        .verb = RepositoryRaces::kDelete, .call = CallKind::kKvWrite, .trouble = Trouble::kStalled};
  }
  return options;
}

class Simulation {
 public:
  Simulation(SeededScheduler& scheduler, const SimulationOptions& options, SimulationResult& result)
      : crowd_(IsCrowd(options.seed)),
        options_(crowd_ ? WithSlowDeletes(options) : options),
        world_(scheduler, options_, result) {}

  uint32_t strikes() { return world_.chance().strikes(); }

  void Run() {
    const auto repository = Begin();
    if (!repository.ok()) return world_.Fail("begin: " + repository.status().ToString());
    uint32_t number = 0;
    for (int i = 0; i < kSharedClients; ++i) shared_.emplace_back(world_, *repository, number++);
    for (int i = 0; i < kPrivateClients; ++i) private_.emplace_back(world_, *repository, number++);
    for (int i = 0; i < (crowd_ ? kRepositoryCrowd : kRepositoryClients); ++i)
      races_.emplace_back(world_, ledger_, number++, crowd_);
    Work();
    if (!world_.failed()) SweepForLong(world_);
    world_.Replace();
    SleepForUs(kQuietUs);
    if (world_.failed()) return;
    RepositoryRaces::Check(world_, ledger_);
    CheckHistory(world_, *repository);
    CheckNothingIsLeft(world_);
    if (world_.failed()) return;
    for (SharedPaths& client : shared_) client.CheckAtRest();
  }

 private:
  Result<refs::Repository> Begin() {
    versioning::Context& context = world_.observer().context;
    TARN_TRY_ASSIGN(const refs::Repository repository,
                    versioning::CreateRepository(
                        context, {.id = RepositoryId("repo"),
                                  .storage_namespace = StorageNamespace("mem://bucket/repo")}));
    TARN_TRY(versioning::CreateBranch(context, repository,
                                      {.id = BranchId(SharedPaths::kBranches[1]), .source = "main"})
                 .status());
    return repository;
  }

  void Work() {
    std::vector<Thread> janitors;
    for (int i = 0; i < world_.options().janitors; ++i) {
      janitors.emplace_back("janitor", [this] { Sweep(); });
    }
    {
      std::vector<Thread> clients;
      for (SharedPaths& client : shared_) clients.emplace_back("shared", [&] { client.Run(); });
      for (PrivateBranches& client : private_) clients.emplace_back("own", [&] { client.Run(); });
      for (RepositoryRaces& client : races_) clients.emplace_back("races", [&] { client.Run(); });
    }
    done_ = true;
  }

  /// Until the clients are done.
  void Sweep() {
    while (!done_ && !world_.failed()) {
      SweepSomething(world_);
      if (world_.chance().Strikes(world_.options().faults.power_cut)) world_.PowerCut();
      SleepForUs(static_cast<int64_t>(world_.Draw(8'000'000)));
    }
  }

  const bool crowd_;
  const SimulationOptions options_;
  Installation world_;
  RepositoryLedger ledger_;
  std::vector<SharedPaths> shared_;
  std::vector<PrivateBranches> private_;
  std::vector<RepositoryRaces> races_;
  bool done_ = false;
};

}  // namespace

SimulationResult Simulate(const SimulationOptions& options) {
  SimulationResult result;
  SeededScheduler scheduler(options.schedule.value_or(options.seed));
  scheduler.Run([&] {
    Simulation simulation(scheduler, options, result);
    simulation.Run();
    result.strikes = simulation.strikes();
  });
  result.steps = scheduler.steps();
  result.digest = scheduler.digest();
  return result;
}

}  // namespace tarn::sim
