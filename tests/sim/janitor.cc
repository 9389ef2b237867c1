#include "janitor.h"

#include <array>

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

}  // namespace

void SweepSomething(Installation& world) {
  const Sweep& sweep = kSweeps[world.Draw(kSweeps.size())];
  const VerbScope scope(sweep.name);
  const auto server = world.AnyServer();
  world.Judge(sweep.run(*server), {});
}

Status SweepEverything(SimServer& server) {
  for (const Sweep& sweep : kSweeps) {
    const VerbScope scope(sweep.name);
    TARN_TRY(sweep.run(server));
  }
  return {};
}

}  // namespace tarn::sim
