#include "repository_races.h"

#include <set>

#include "block/namespace_address.h"
#include "private_branches.h"
#include "versioning/repository/repositories.h"

namespace tarn::sim {
namespace {

constexpr const char* kNames[] = {"one", "two"};
constexpr int kPlaces = 3;
constexpr int kPage = 100;
constexpr int64_t kPauseUs = 3'000'000;
constexpr int64_t kPauseInCrowdUs = 15'000'000;
using Outcome = Installation::Outcome;

}  // namespace

void RepositoryLedger::Created(const refs::Repository& repository, uint64_t began) {
  created_.push_back(repository);
  began_[repository.partition()] = began;
}

void RepositoryLedger::EndDelete(const std::string& name, uint64_t step) {
  --open_deletes_[name];
  last_delete_[name] = step;
}

bool RepositoryLedger::MustExist(const refs::Repository& repository) const {
  const std::string& name = repository.id.str();
  const auto open = open_deletes_.find(name);
  if (open != open_deletes_.end() && open->second > 0) return false;
  const auto last = last_delete_.find(name);
  return last == last_delete_.end() || last->second < began_.at(repository.partition());
}

void RepositoryRaces::Run() {
  world_.Operate(number_, world_.options().operations / 2, [this] {
    ledger_.BeginChange();
    world_.Draw(2) == 0 ? Create() : Delete();
    ledger_.EndChange(world_.NowMs());
    Check(world_, ledger_);
    SleepForUs(static_cast<int64_t>(world_.Draw(crowd_ ? kPauseInCrowdUs : kPauseUs)));
    LookUp();
  });
}

std::string RepositoryRaces::AnyName() { return kNames[crowd_ ? 0 : world_.Draw(2)]; }

void RepositoryRaces::Create() {
  const VerbScope scope("create repository");
  const uint64_t began = world_.steps();
  const std::string name = AnyName();
  // Some lie in each other's data.
  const uint64_t number = world_.Draw(kPlaces);
  const std::string place =
      number == 0 ? "mem://places/0/data/x" : "mem://places/" + std::to_string(number - 1);
  const auto server = world_.AnyServer();
  versioning::CreateRepositoryRequest request{.id = RepositoryId(name),
                                              .storage_namespace = StorageNamespace(place)};
  const std::string first = world_.NewText();
  const bool filled = world_.Draw(3) == 0;
  if (filled) {
    request.fill = [&](const refs::Repository& repository) {
      return Installation::Upload(*server, repository, "main", "filled", first,
                                  versioning::SetCondition::kNone);
    };
  }
  const auto made = versioning::CreateRepository(server->context, request);
  const Outcome outcome = world_.Judge(
      made.status(),
      {Code::kNotUnique, Code::kRepositoryInDeletion, Code::kInvalidValue, Code::kBranchNotFound},
      name + " " + place);
  if (outcome != Outcome::kDone) return;
  ledger_.Created(*made, began);
  if (filled && ledger_.MustExist(*made) && At(world_.ReadTree(*made, "main"), "filled") != first) {
    world_.Fail(name + " lacks its first content");
  }
  const std::string text = world_.NewText();
  const Status put =
      Installation::Upload(*server, *made, "main", "first", text, versioning::SetCondition::kNone);
  const VerbScope use("use repository");
  if (world_.Judge(put, {Code::kBranchNotFound, Code::kRepositoryNotFound}, name) ==
          Outcome::kRefused &&
      ledger_.MustExist(*made)) {
    world_.Fail(name + " cannot be written to: " + put.ToString());
  }
}

void RepositoryRaces::Delete() {
  const VerbScope scope(kDelete);
  const std::string name = AnyName();
  ledger_.BeginDelete(name);
  const auto server = world_.AnyServer();
  world_.Judge(versioning::DeleteRepository(server->context, RepositoryId(name), /*force=*/false),
               {Code::kRepositoryNotFound, Code::kRepositoryInDeletion}, name);
  ledger_.EndDelete(name, world_.steps());
}

/// A server knows what was changed longer ago than it remembers repositories.
void RepositoryRaces::LookUp() {
  const VerbScope scope("look up repository");
  const auto quiet = ledger_.QuietSince(world_.NowMs(), SimServer::kRepositoryCacheMs);
  const RepositoryId id(AnyName());
  const auto server = world_.AnyServer();
  const auto found = server->refs.GetRepository(id);
  const Outcome outcome = world_.Judge(
      found.status(), {Code::kRepositoryNotFound, Code::kRepositoryInDeletion}, id.str());
  const auto truth = world_.observer().refs.GetRepository(id);
  if (!quiet || quiet != ledger_.QuietSince(world_.NowMs(), 0)) return;
  if (outcome == Outcome::kUnknown) return;
  if (found.ok() != truth.ok() || (found.ok() && found->instance_uid != truth->instance_uid)) {
    world_.Fail("a server knows an old repository " + id.str());
  }
}

void RepositoryRaces::Check(Installation& world, const RepositoryLedger& ledger) {
  SimServer& observer = world.observer();
  for (const refs::Repository& repository : ledger.created()) {
    if (!ledger.MustExist(repository)) continue;
    const auto found = observer.refs.GetRepository(repository.id);
    if (!found.ok() || found->instance_uid != repository.instance_uid) {
      world.Fail("repository " + repository.id.str() + " of " + repository.instance_uid +
                 " is lost: " + found.status().ToString());
      continue;
    }
    const auto branch = observer.refs.GetBranch(repository, repository.default_branch);
    const Status head = branch.ok() ? observer.refs.GetCommit(repository, branch->commit).status()
                                    : branch.status();
    if (!head.ok()) world.Fail(repository.id.str() + " has no default branch: " + head.ToString());
  }
  const auto page = observer.refs.ListRepositories({"", "", kPage}, "");
  if (!page.ok()) return world.Fail("repositories: " + page.status().ToString());
  std::set<std::string> places;
  for (const refs::Repository& repository : page->items) {
    if (repository.state != refs::RepositoryState::kActive ||
        repository.id.view().starts_with(PrivateBranches::kRestoredPrefix)) {
      continue;
    }
    const std::string place = block::PlaceOfNamespace(repository.storage_namespace.view());
    for (const std::string& other : places) {
      if (other == place || other.starts_with(place + "/data/") ||
          place.starts_with(other + "/data/")) {
        world.Fail("two repositories lie in " + place);
      }
    }
    places.insert(place);
  }
}

}  // namespace tarn::sim
