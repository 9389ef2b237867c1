// Dumps of refs, repositories that are restored from them, and preparation of garbage collection.
#include <utility>

#include "base/sync.h"
#include "codec/testing/gunzip.h"
#include "private_branches.h"
#include "versioning/gc/gc_commits.h"
#include "versioning/gc/gc_rules.h"
#include "versioning/gc/gc_uncommitted.h"
#include "versioning/jobs/job_kinds.h"
#include "versioning/repository/repositories.h"

namespace tarn::sim {
namespace {

constexpr int kTriesMax = 50;
constexpr int kCommits = 4;
constexpr int64_t kPauseUs = 5'000'000;
constexpr int64_t kListBytesMax = 1 << 20;

/// The same work, on account of a verb of its own.
versioning::JobWork As(const char* verb, versioning::JobWork work) {
  return [verb, work = std::move(work)](versioning::JobProgress& progress) {
    const VerbScope scope(verb);
    return work(progress);
  };
}

}  // namespace

PrivateBranches::Dump PrivateBranches::DumpNow() const {
  Dump dump{.trees = {}, .branches = {}, .tags = tags_};
  for (const Branch& branch : branches_) dump.branches[branch.name] = branch.head;
  return dump;
}

/// While others commit, and the client itself, to a branch that does not count then.
std::optional<PrivateBranches::Dump> PrivateBranches::DumpByTask() {
  Dump dump = DumpNow();
  dump.branches.erase(at_->name);
  std::string id;
  {
    const auto server = world_.AnyServer();
    const auto started = server->jobs.Start(
        versioning::kDumpRefsJob, repository_,
        As("dump refs work", versioning::DumpRefsTask(server->context, repository_)));
    if (world_.Judge(started.status(), {}, "") != Outcome::kDone) return std::nullopt;
    id = *started;
  }
  for (int i = 0; i < kCommits && !world_.failed(); ++i) {
    {
      const VerbScope scope("put");
      Put();
    }
    const VerbScope scope("commit");
    CommitAll(*at_, /*may_be_empty=*/false);
  }
  const auto result = AwaitResult(versioning::kDumpRefsJob, id);
  if (!result) return std::nullopt;
  const auto trees = versioning::DecodeDumpInfo(*result);
  Expect(trees.ok(), trees.status().ToString());
  if (!trees.ok()) return std::nullopt;
  dump.trees = *trees;
  return dump;
}

void PrivateBranches::CheckDump(const Dump& dump) {
  const auto check = [&](const MetarangeId& tree, const std::string& id) {
    const auto found = world_.observer().committed.Get(repository_.storage_namespace, tree, id);
    Expect(found.ok() && found->has_value(), "a dump lacks " + id);
  };
  for (const auto& [name, commit] : dump.branches) {
    check(dump.trees.branches, name);
    check(dump.trees.commits, commit);
  }
  for (const auto& [name, commit] : dump.tags) {
    check(dump.trees.tags, name);
    check(dump.trees.commits, commit);
  }
}

void PrivateBranches::DumpRefs() {
  if (const auto dump = DumpByTask()) CheckDump(*dump);
}

void PrivateBranches::DumpRefsNow() {
  Dump dump = DumpNow();
  const auto server = world_.AnyServer();
  const auto made = versioning::DumpRefs(server->context, repository_);
  if (world_.Judge(made.status(), {}, "") != Outcome::kDone) return;
  dump.trees = *made;
  CheckDump(dump);
}

// Restored repositories. ------------------------------------------------------------------------

/// A bare repository of a new name over the same data.
std::optional<refs::Repository> PrivateBranches::CreateBare() {
  const VerbScope scope("create bare");
  for (int i = 0; i < kTriesMax && !world_.failed(); ++i) {
    const RepositoryId id(kRestoredPrefix + prefix_ + std::to_string(++names_));
    const auto server = world_.AnyServer();
    const auto made = versioning::CreateRepository(
        server->context,
        {.id = id, .storage_namespace = repository_.storage_namespace, .bare = true});
    // The place could not be looked at, or another server that creates a repository in the same
    // place has ended this one. The name is taken for a while then.
    const auto outcome =
        world_.Judge(made.status(), {Code::kInvalidValue, Code::kRepositoryInDeletion}, id.str());
    const auto found = world_.observer().refs.GetRepository(id);
    Expect(found.ok() || outcome != Outcome::kDone, id.str() + " is not there");
    Expect(!found.ok() || outcome != Outcome::kRefused, id.str() + " is there");
    if (found.ok()) return *found;
    SleepForUs(kPauseUs);
  }
  Expect(false, "no repository can be created");
  return std::nullopt;
}

bool PrivateBranches::Restore(const refs::Repository& bare, const Dump& dump) {
  for (int i = 0; i < kTriesMax && !world_.failed(); ++i) {
    std::string id;
    {
      const auto server = world_.AnyServer();
      const auto started = server->jobs.Start(
          versioning::kRestoreRefsJob, bare,
          As("restore refs work", versioning::RestoreRefsTask(server->context, bare, dump.trees,
                                                              /*force=*/false)));
      if (world_.Judge(started.status(), {}, bare.id.str()) == Outcome::kDone) id = *started;
    }
    if (!id.empty() && AwaitResult(versioning::kRestoreRefsJob, id, &bare)) return true;
    SleepForUs(kPauseUs);
  }
  Expect(false, "a dump cannot be restored: " + job_error_);
  return false;
}

void PrivateBranches::CheckRestored(const refs::Repository& restored, const Dump& dump) {
  refs::Store& refs = world_.observer().refs;
  for (const auto& [name, commit] : dump.branches) {
    const auto branch = refs.GetBranch(restored, BranchId(name));
    Expect(branch.ok() && branch->commit.str() == commit, name + " was not restored");
    Expect(world_.ReadTree(restored, name) == commits_.at(commit).tree, name + " holds others");
  }
  for (const auto& [name, commit] : dump.tags) {
    const auto tag = refs.GetTag(restored, TagId(name));
    Expect(tag.ok() && tag->commit.str() == commit, name + " was not restored");
  }
}

void PrivateBranches::DeleteBare(const refs::Repository& bare) {
  const VerbScope scope("delete bare");
  for (int i = 0; i < kTriesMax && !world_.failed(); ++i) {
    const auto server = world_.AnyServer();
    const Status deleted = versioning::DeleteRepository(server->context, bare.id, /*force=*/false);
    world_.Judge(deleted, {Code::kRepositoryNotFound, Code::kRepositoryInDeletion}, bare.id.str());
    const auto found = world_.observer().refs.GetRepository(bare.id);
    Expect(!found.ok() || !deleted.ok(), bare.id.str() + " is still there");
    if (found.code() == Code::kRepositoryNotFound) return;
    SleepForUs(kPauseUs);
  }
  Expect(false, "a repository cannot be deleted");
}

/// Gives a bare repository the refs of a dump, looks at it and deletes it.
void PrivateBranches::RestoreRefs() {
  const auto dump = DumpByTask();
  if (!dump) return;
  const auto bare = CreateBare();
  if (!bare) return;
  if (Restore(*bare, *dump)) CheckRestored(*bare, *dump);
  DeleteBare(*bare);
}

// Garbage collection. ---------------------------------------------------------------------------

void PrivateBranches::PrepareGcCommits() {
  std::string id;
  {
    const auto server = world_.AnyServer();
    versioning::GcRules rules;
    rules.default_retention_days = 7;
    Status status = versioning::SetGcRules(server->context, repository_, rules);
    if (status.ok()) {
      const auto started = server->jobs.Start(
          versioning::kPrepareGcCommitsJob, repository_,
          As("prepare gc work", versioning::PrepareGcCommitsTask(server->context, repository_)));
      status = started.status();
      if (status.ok()) id = *started;
    }
    if (world_.Judge(status, {}, "") != Outcome::kDone) return;
  }
  const std::vector<Branch> before = branches_;
  const auto result = AwaitResult(versioning::kPrepareGcCommitsJob, id);
  if (!result) return;
  SimServer& observer = world_.observer();
  const auto run = versioning::DecodeGcCommitsInfo(observer.context, *result);
  if (!run.ok()) return Expect(false, run.status().ToString());
  const auto list =
      block::GetObject(observer.objects,
                       {repository_.storage_namespace.view(), run->commits_address}, kListBytesMax);
  if (!list.ok()) return Expect(false, "the list: " + list.status().ToString());
  for (const Branch& branch : before) {
    Expect(list->find(branch.head) != std::string::npos, "a head would be collected");
  }
}

/// What was uncommitted when the preparation began is in its list.
void PrivateBranches::PrepareGcUncommitted() {
  SimServer& observer = world_.observer();
  const auto server = world_.AnyServer();
  const auto page =
      versioning::PrepareGcUncommitted(server->context, repository_, std::nullopt, {});
  if (world_.Judge(page.status(), {}, "") != Outcome::kDone) return;
  Expect(!page->next, "a short list has several pages");
  std::string listed;
  for (const std::string& name : world_.objects().Names()) {
    if (page->location.empty() || !name.starts_with(page->location)) continue;
    const auto file = block::GetObject(
        observer.objects, {repository_.storage_namespace.view(), name, AddressType::kFull},
        kListBytesMax);
    if (!file.ok()) return Expect(false, "the list: " + file.status().ToString());
    listed += GunzipFirst(*file);
  }
  for (const Branch& branch : branches_) {
    for (const auto& [path, kind] : DifferenceOf(HeadOf(branch), branch.visible)) {
      if (kind == committed::DiffKind::kRemoved) continue;
      const auto entry = observer.catalog.GetEntry(repository_, branch.name, path);
      if (!entry.ok()) return Expect(false, path + ": " + entry.status().ToString());
      Expect(entry->address_type != AddressType::kRelative ||
                 listed.find(entry->address) != listed.npos,
             branch.name + "/" + path + " would be collected");
    }
  }
}

}  // namespace tarn::sim
