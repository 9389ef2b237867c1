#include "checks_at_rest.h"

#include <algorithm>
#include <set>

#include "base/sync.h"
#include "catalog/multipart_records.h"
#include "janitor.h"
#include "records/layout.h"
#include "versioning/jobs/job_kinds.h"

namespace tarn::sim {
namespace {

constexpr int kPage = 1000;
// Longer than grace times, leases and calls that stall.
constexpr int64_t kQuietUs = 3'600'000'000;
constexpr int kSweepRounds = 4;

using Visit = std::function<Status(std::string_view key, std::string_view value)>;

void ForEach(Installation& world, std::string_view partition, std::string_view prefix,
             const Visit& visit) {
  const Status visited = [&]() -> Status {
    TARN_TRY_ASSIGN(const auto records, world.kv().Scan(partition, prefix));
    TARN_TRY(records->Seek(prefix));
    while (records->Valid()) {
      TARN_TRY(visit(records->key(), records->value()));
      TARN_TRY(records->Next());
    }
    return Status();
  }();
  if (!visited.ok()) world.Fail("left over: " + visited.ToString());
}

/// Names of KV partitions and objects that somebody leads to.
struct Reachable {
  std::set<std::string> partitions, objects;
};

void AddRepository(Installation& world, const refs::Repository& repository, Reachable* reachable) {
  reachable->partitions.insert(repository.partition());
  ForEach(world, repository.partition(), records::kBranchPrefix,
          [&](std::string_view key, std::string_view) -> Status {
            const BranchId id(key.substr(records::kBranchPrefix.size()));
            TARN_TRY_ASSIGN(const auto branch, world.observer().refs.GetBranch(repository, id));
            for (const StagingToken& token : branch.tokens()) {
              reachable->partitions.insert(token.str());
            }
            return Status();
          });
  std::set<std::string> running;
  ForEach(world, repository.partition(), records::kUploadPrefix,
          [&](std::string_view key, std::string_view value) -> Status {
            TARN_TRY_ASSIGN(const auto record, catalog::DecodeUpload(key, value));
            if (record.ended) return {Code::kCorrupt, "an ended upload"};
            running.insert(record.upload.id);
            return Status();
          });
  for (const std::string& id : running) {
    ForEach(world, repository.partition(), catalog::PartsPrefix(id),
            [&](std::string_view, std::string_view value) -> Status {
              TARN_TRY_ASSIGN(const auto part, catalog::DecodePart(value));
              TARN_TRY_ASSIGN(
                  std::string name,
                  world.objects().Locate({repository.storage_namespace.view(), part.address}));
              reachable->objects.insert(std::move(name));
              return Status();
            });
  }
}

void CheckJobs(Installation& world, const refs::Repository& repository) {
  for (const versioning::JobForm* form : versioning::kJobForms) {
    ForEach(world, repository.partition(), form->records.prefix,
            [&](std::string_view, std::string_view value) -> Status {
              TARN_TRY_ASSIGN(const auto job, form->records.decode(value));
              if (job.state != versioning::JobState::kRunning) return Status();
              return {Code::kInternal, std::string(form->name) + " that runs"};
            });
  }
}

/// Each import has made one commit of a branch, or none, however many servers had it in hand.
void CheckImports(Installation& world, const refs::Repository& repository) {
  refs::Store& refs = world.observer().refs;
  const auto branches = refs.ListBranches(repository, {"", "", kPage}, /*with_hidden=*/true);
  if (!branches.ok()) return world.Fail("branches: " + branches.status().ToString());
  for (const refs::Branch& branch : branches->items) {
    std::set<std::string> sources;
    const auto visit = [&](const refs::CommitNode& node) -> Result<bool> {
      TARN_TRY_ASSIGN(const auto commit, refs.GetCommit(repository, node.id));
      const auto source = commit->metadata.find(Installation::kImportedFrom);
      if (source == commit->metadata.end()) return true;
      // A cherry-pick says what it was made from in metadata of its own.
      if (commit->metadata.contains("cherry-pick-origin")) return true;
      if (sources.insert(source->second).second) return true;
      return Status(Code::kInternal, "imported twice from " + source->second);
    };
    const Status visited = refs.Log(
        repository, {.start = branch.commit, .first_parent = true, .since_seconds = {}}, visit);
    if (!visited.ok()) world.Fail(branch.id.str() + ": " + visited.ToString());
  }
}

bool IsPart(std::string_view object) { return object.find("/_lakefs/parts/") != object.npos; }

}  // namespace

void CheckHistory(Installation& world, const refs::Repository& repository) {
  refs::Store& refs = world.observer().refs;
  refs::PageRequest request;
  request.amount = kPage;
  const auto page = refs.ListCommits(repository, request);
  if (!page.ok()) return world.Fail("commits: " + page.status().ToString());
  for (const refs::Commit& commit : page->items) {
    if (refs::ComputeCommitId(commit) != commit.id) world.Fail("a commit has another's id");
    int32_t generation = 0;
    for (const CommitId& parent : commit.parents) {
      const auto found = refs.GetCommit(repository, parent);
      if (!found.ok()) return world.Fail("a parent: " + found.status().ToString());
      generation = std::max(generation, (*found)->generation);
    }
    // Those of squashed merges also follow commits that are no parents.
    if (commit.generation <= generation) world.Fail("a commit has a wrong generation");
    world.ReadTree(repository, commit.id.str());
  }
}

void CheckNothingIsLeft(Installation& world) {
  for (int round = 0; round < kSweepRounds; ++round) {
    SleepForUs(kQuietUs);
    const Status swept = SweepEverything(world.observer());
    if (!swept.ok()) return world.Fail("sweep: " + swept.ToString());
  }
  const auto repositories = world.observer().refs.ListRepositories({"", "", kPage}, "");
  if (!repositories.ok()) return world.Fail(repositories.status().ToString());
  Reachable reachable;
  for (const refs::Repository& repository : repositories->items) {
    if (repository.state != refs::RepositoryState::kActive) {
      world.Fail("repository " + repository.id.str() + " is still being deleted");
    }
    AddRepository(world, repository, &reachable);
    CheckJobs(world, repository);
    CheckImports(world, repository);
  }
  for (const char* queue : {"cleanup-tokens", "tarn-deleted-repositories"}) {
    ForEach(world, queue, "", [&](std::string_view key, std::string_view) {
      // A token that a branch names may be queued, for its next commit.
      if (reachable.partitions.contains(std::string(key))) return Status();
      return Status(Code::kInternal, std::string(queue) + ": " + std::string(key));
    });
  }
  const auto partitions = world.kv().ListPartitions();
  if (!partitions.ok()) return world.Fail(partitions.status().ToString());
  static const std::set<std::string> kCommon = {
      "graveler", "catalog", "tarn-unfinished-creations", "cleanup-tokens", "pulls", "multiparts"};
  for (const std::string& partition : *partitions) {
    if (kCommon.contains(partition) || reachable.partitions.contains(partition)) continue;
    world.Fail("nobody leads to the partition " + partition);
  }
  for (const std::string& name : world.objects().Names()) {
    if (IsPart(name) && !reachable.objects.contains(name)) {
      world.Fail("nobody leads to the object " + name);
    }
  }
}

}  // namespace tarn::sim
