#include "janitor.h"

#include <array>

#include "base/sync.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/repository/repositories.h"

namespace tarn::sim {
namespace {

struct Sweep {
  const char* name;
  Status (*run)(SimServer& server);
};
constexpr std::array<Sweep, 4> kSweeps = {{
    {"sweep tokens", [](SimServer& s) { return versioning::DropUnusedTokens(s.context); }},
    {"sweep repositories",
     [](SimServer& s) { return versioning::SweepDeletedRepositories(s.context); }},
    {"sweep uploads", [](SimServer& s) { return s.catalog.multipart().SweepEnded(); }},
    {"recover jobs", [](SimServer& s) { return s.jobs.Recover(); }},
}};

constexpr int kRounds = 10;
// What was there at one sweep is old at the next one, and is not forgotten yet.
constexpr int64_t kBetweenUs = 660'000'000;

void Run(Installation& world, const Sweep& sweep) {
  const VerbScope scope(sweep.name);
  const auto server = world.AnyServer();
  world.Judge(sweep.run(*server), {});
}

}  // namespace

void SweepSomething(Installation& world) { Run(world, kSweeps[world.Draw(kSweeps.size())]); }

void SweepForLong(Installation& world) {
  for (int round = 0; round < kRounds; ++round) {
    for (const Sweep& sweep : kSweeps) Run(world, sweep);
    SleepForUs(kBetweenUs);
  }
}

Status SweepEverything(SimServer& server) {
  for (const Sweep& sweep : kSweeps) {
    const VerbScope scope(sweep.name);
    TARN_TRY(sweep.run(server));
  }
  return {};
}

}  // namespace tarn::sim
