#include "simulation.h"

#include <cstdio>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "block/mem/mem_store.h"
#include "codec/entry.h"
#include "kv/testing/hostile_store.h"
#include "path_model.h"
#include "sim_server.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/read.h"
#include "versioning/branch/staged_write.h"
#include "versioning/commit.h"
#include "versioning/merge.h"
#include "versioning/repository/repositories.h"
#include "versioning/reset.h"

namespace tarn::sim {
namespace {

using versioning::Context;

constexpr int kPathsOfClient = 4;
constexpr const char* kBranches[] = {"main", "dev"};
// Longer than grace times and leases.
constexpr int64_t kQuietUs = 3'600'000'000;

struct Path {
  std::string branch, name;
  PathModel model = {};
  size_t merged = 0;  // Of a path of "dev": "main" holds this or something later.
};

class Installation {
 public:
  Installation(SeededScheduler& scheduler, const SimulationOptions& options,
               SimulationResult& result)
      : scheduler_(scheduler), options_(options), result_(result) {}

  void Run() {
    Start();
    {
      std::vector<Thread> clients;
      for (int i = 0; i < options_.clients; ++i) {
        clients.emplace_back("client", [this, i] { RunClient(i); });
      }
    }
    for (auto& server : servers_) Retire(server);
    servers_.clear();
    SleepForUs(kQuietUs);
    CheckAtRest();
  }

 private:
  /// A server with the number of calls that are under way on it.
  struct Running {
    std::unique_ptr<SimServer> server;
    int users = 0;
  };
  using RunningPtr = std::shared_ptr<Running>;  // Of the list and of those who use it.

  std::unique_ptr<SimServer> NewServer(FaultRates rates) {
    return std::make_unique<SimServer>(scheduler_, *kv_, objects_, scheduler_.Draw(1u << 30),
                                       rates);
  }

  void Start() {
    const auto server = NewServer({});
    const auto made = versioning::CreateRepository(
        server->context,
        {.id = RepositoryId("repo"), .storage_namespace = StorageNamespace("mem://bucket/repo")});
    if (!made.ok()) return Fail("create: " + made.status().ToString());
    repository_ = *made;
    const auto branch = versioning::CreateBranch(server->context, repository_,
                                                 {.id = BranchId("dev"), .source = "main"});
    if (!branch.ok()) return Fail("branch: " + branch.status().ToString());
    for (int i = 0; i < options_.servers; ++i) {
      auto running = std::make_shared<Running>();
      running->server = NewServer(rates());
      servers_.push_back(std::move(running));
    }
  }

  FaultRates rates() const { return {options_.refused_one_in, options_.reply_lost_one_in}; }

  void Retire(RunningPtr& running) {
    result_.faults += running->server->fate.faults();
    result_.calls += running->server->fate.calls();
    running->server.reset();
  }

  /// Kills a server and puts a new one into its place; the last user of the old one buries it.
  void Crash() {
    RunningPtr& place = servers_[scheduler_.Draw(servers_.size())];
    RunningPtr old = std::exchange(place, std::make_shared<Running>());
    place->server = NewServer(rates());
    old->server->fate.Die();
    ++result_.crashes;
    if (old->users == 0) Retire(old);
  }

  void Fail(const std::string& what) {
    if (result_.failure.empty()) result_.failure = what;
  }

  // Clients. ----------------------------------------------------------------------------------

  void RunClient(int number) {
    std::vector<Path> paths;
    for (int i = 0; i < kPathsOfClient; ++i) {
      const std::string branch = kBranches[scheduler_.Draw(2)];
      paths.push_back({.branch = branch,
                       .name = branch + "/" + std::to_string(number) + "/" + std::to_string(i)});
    }
    for (int i = 0; i < options_.operations && result_.failure.empty(); ++i) {
      if (options_.crash_one_in != 0 && scheduler_.Draw(options_.crash_one_in) == 0) Crash();
      const RunningPtr running = servers_[scheduler_.Draw(servers_.size())];
      ++running->users;
      Operate(running->server->context, paths, number);
      if (--running->users == 0 && running->server->fate.dead()) {
        RunningPtr last = running;
        Retire(last);
      }
    }
    const MutexLock lock(mutex_);
    for (Path& path : paths) all_paths_.push_back(std::move(path));
  }

  void Operate(Context& context, std::vector<Path>& paths, int number) {
    Path& path = paths[scheduler_.Draw(paths.size())];
    switch (scheduler_.Draw(12)) {
      case 0:
      case 1:
      case 2:
        return Put(context, path, versioning::SetCondition::kNone);
      case 3:
        return Put(context, path, versioning::SetCondition::kAbsent);
      case 4:
        return Delete(context, path);
      case 5:
      case 6:
        return Read(context, path);
      case 7:
        return Commit(context, paths, path.branch);
      case 8:
        return Merge(context, paths);
      case 9:
        return ResetPrefix(context, paths, path.branch, number);
      case 10:
        return ResetPath(context, path);
      default:
        return ReadMerged(context, paths);
    }
  }

  /// Counts what was acknowledged. Any other failure than of a store or an expected one is wrong.
  bool Acknowledged(const char* verb, const Status& status, std::set<Code> expected = {},
                    const std::string& of = "") {
    if (options_.trace) {
      std::printf("%6llu %s %s: %s\n", static_cast<unsigned long long>(scheduler_.steps()), verb,
                  of.c_str(), status.ToString().c_str());
    }
    if (status.ok()) {
      ++result_.operations[verb];
      return true;
    }
    expected.insert({Code::kIo, Code::kTooManyTries});
    if (!expected.contains(status.code())) Fail(std::string(verb) + ": " + status.ToString());
    return false;
  }

  void Put(Context& context, Path& path, versioning::SetCondition condition) {
    const std::string text = "v" + std::to_string(++values_);
    Entry entry;
    entry.address = "data/" + text;
    entry.checksum = text;
    std::string data;
    AppendEntry(&data, entry);
    const EntryIdentity identity = IdentityOf(entry);
    const Status put = versioning::StageValue(context, repository_, BranchId(path.branch),
                                              path.name, {AsView(identity), data}, condition);
    const bool absent_only = condition == versioning::SetCondition::kAbsent;
    if (put.code() == Code::kPreconditionFailed && absent_only) {
      if (!path.model.MayBePresent()) Fail("put-if-absent of " + path.name + " found something");
      ++result_.operations["put refused"];
      return;
    }
    const bool acknowledged =
        Acknowledged(absent_only ? "put-if-absent" : "put", put, {}, path.name + " " + text);
    if (acknowledged && absent_only && !path.model.MayBeAbsent()) {
      Fail("put-if-absent of " + path.name + " found nothing");
    }
    path.model.Written(text, acknowledged);
  }

  void Delete(Context& context, Path& path) {
    const Status deleted = versioning::StageDelete(context, repository_, BranchId(path.branch),
                                                   path.name, scheduler_.Draw(2) == 0);
    if (deleted.code() == Code::kNotFound) {
      if (!path.model.MayBeAbsent()) Fail("delete of " + path.name + " found nothing");
      return;
    }
    path.model.Written(std::nullopt, Acknowledged("delete", deleted, {}, path.name));
  }

  Result<PathModel::Value> ReadAt(Context& context, const std::string& ref,
                                  const std::string& name) {
    TARN_TRY_ASSIGN(const auto resolved, context.refs.Resolve(repository_, ref));
    const auto found = versioning::ReadValue(context, repository_, resolved, name);
    if (found.code() == Code::kNotFound) return PathModel::Value();
    TARN_TRY(found.status());
    TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(found->view().data));
    return PathModel::Value(std::string(entry.checksum));
  }

  void Read(Context& context, Path& path) {
    const auto value = ReadAt(context, path.branch, path.name);
    if (!Acknowledged("read", value.status(), {}, path.name)) return;
    if (!path.model.MayBe(*value)) {
      Fail(path.name + " reads " + value->value_or("nothing") + " on " + path.branch);
    }
    const auto head = ReadAt(context, path.branch + "@", path.name);
    if (!Acknowledged("read of the head", head.status())) return;
    if (!path.model.MayBeCommitted(*head, path.model.committed())) {
      Fail(path.name + " reads " + head->value_or("nothing") + " at the head of " + path.branch);
    }
  }

  void Commit(Context& context, std::vector<Path>& paths, const std::string& branch) {
    std::vector<size_t> least;
    for (const Path& path : paths) least.push_back(path.model.least());
    const auto made = versioning::Commit(
        context, repository_,
        {.branch = BranchId(branch), .committer = "client", .message = "commit"});
    // Without changes it proves nothing: a commit of older ones may be about to end.
    if (!Acknowledged("commit", made.status(), {Code::kNoChanges}, branch)) return;
    for (size_t i = 0; i < paths.size(); ++i) {
      if (paths[i].branch == branch) paths[i].model.Committed(least[i]);
    }
  }

  void Merge(Context& context, std::vector<Path>& paths) {
    std::vector<size_t> least;
    for (const Path& path : paths) least.push_back(path.model.committed());
    const auto merged = versioning::Merge(
        context, repository_,
        {.source = "dev", .destination = BranchId("main"), .committer = "client"});
    if (!Acknowledged("merge", merged.status(), {Code::kNoChanges, Code::kDirtyBranch})) return;
    for (size_t i = 0; i < paths.size(); ++i) {
      if (paths[i].branch == "dev") paths[i].merged = std::max(paths[i].merged, least[i]);
    }
  }

  void ReadMerged(Context& context, std::vector<Path>& paths) {
    for (const Path& path : paths) {
      if (path.branch != "dev") continue;
      const auto value = ReadAt(context, "main", path.name);
      if (!Acknowledged("read of what was merged", value.status())) return;
      if (!path.model.MayBeCommitted(*value, path.merged)) {
        Fail(path.name + " reads " + value->value_or("nothing") + " on main");
      }
    }
  }

  void ResetPrefix(Context& context, std::vector<Path>& paths, const std::string& branch,
                   int number) {
    const Status reset =
        versioning::ResetPrefix(context, repository_, BranchId(branch),
                                branch + "/" + std::to_string(number) + "/", /*force=*/false);
    const bool acknowledged =
        Acknowledged("reset of a prefix", reset, {}, branch + " of " + std::to_string(number));
    for (Path& path : paths) {
      if (path.branch == branch) path.model.Reset(acknowledged);
    }
  }

  void ResetPath(Context& context, Path& path) {
    const Status reset = versioning::ResetPath(context, repository_, BranchId(path.branch),
                                               path.name, /*force=*/false);
    path.model.Reset(Acknowledged("reset of a path", reset, {Code::kNotFound}, path.name));
  }

  // The end. ----------------------------------------------------------------------------------

  void CheckAtRest() {
    const auto server = NewServer({});
    Context& context = server->context;
    std::vector<Path> paths;
    {
      const MutexLock lock(mutex_);
      paths.swap(all_paths_);
    }
    for (Path& path : paths) Read(context, path);
    ReadMerged(context, paths);
    for (const char* branch : kBranches) {
      CheckListing(context, branch);
      Commit(context, paths, branch);
      CheckHistory(context, branch);
    }
    for (Path& path : paths) Read(context, path);
    CheckNothingIsLeft(*server);
  }

  /// A listing shows what reads of its paths show.
  void CheckListing(Context& context, const std::string& branch) {
    const auto resolved = context.refs.Resolve(repository_, branch);
    if (!resolved.ok()) return Fail("resolve: " + resolved.status().ToString());
    const auto values = versioning::IterateValues(context, repository_, *resolved);
    if (!values.ok()) return Fail("list: " + values.status().ToString());
    Status moved = (*values)->Seek("");
    while (moved.ok() && (*values)->Valid()) {
      const std::string name((*values)->key());
      const auto value = ReadAt(context, branch, name);
      if (!value.ok() || !*value) return Fail(name + " is listed, but not read");
      moved = (*values)->Next();
    }
    if (!moved.ok()) Fail("list: " + moved.ToString());
  }

  /// Every commit has its parents, the generation that follows from them, and the id of its
  /// content.
  void CheckHistory(Context& context, const std::string& branch) {
    const auto head = context.refs.Resolve(repository_, branch);
    if (!head.ok()) return Fail("head: " + head.status().ToString());
    const Status walked = context.refs.Log(
        repository_, {.start = head->commit.id}, [&](const refs::CommitNode& node) -> Result<bool> {
          TARN_TRY_ASSIGN(const auto commit, context.refs.GetCommit(repository_, node.id));
          if (refs::ComputeCommitId(*commit) != node.id) Fail("a commit has another's id");
          int32_t generation = 0;
          for (const CommitId& parent : commit->parents) {
            TARN_TRY_ASSIGN(const auto found, context.refs.GetCommit(repository_, parent));
            generation = std::max(generation, found->generation);
          }
          if (commit->generation != generation + 1) Fail("a commit has a wrong generation");
          TARN_TRY(
              context.committed.Ranges(repository_.storage_namespace, commit->metarange).status());
          return true;
        });
    if (!walked.ok()) Fail("history of " + branch + ": " + walked.ToString());
  }

  /// After a sweep no uncommitted changes lie where no branch names them.
  void CheckNothingIsLeft(SimServer& server) {
    SleepForUs(kQuietUs);
    for (int i = 0; i < 2; ++i) {
      const Status swept = versioning::DropUnusedTokens(server.context);
      if (!swept.ok()) return Fail("sweep: " + swept.ToString());
      SleepForUs(kQuietUs);
    }
    std::set<std::string> named;
    for (const char* branch : kBranches) {
      const auto record = server.refs.GetBranch(repository_, BranchId(branch));
      if (!record.ok()) return Fail("branch: " + record.status().ToString());
      for (const StagingToken& token : record->tokens()) named.insert(token.str());
    }
    const auto partitions = kv_->ListPartitions();
    for (const std::string& partition : *partitions) {
      if (partition.starts_with("repo-") && partition.find(':') != std::string::npos &&
          !named.contains(partition)) {
        Fail("uncommitted changes are left in " + partition);
      }
    }
  }

  SeededScheduler& scheduler_;
  const SimulationOptions& options_;
  SimulationResult& result_;
  SimClock clock_{scheduler_};
  const std::unique_ptr<kv::Store> kv_ = kv::OpenHostile();
  block::MemStore objects_{clock_};
  refs::Repository repository_;
  std::vector<RunningPtr> servers_;
  uint64_t values_ = 0;
  Mutex mutex_;
  std::vector<Path> all_paths_ TARN_GUARDED_BY(mutex_);
};

}  // namespace

SimulationResult Simulate(const SimulationOptions& options) {
  SimulationResult result;
  SeededScheduler scheduler(options.seed);
  scheduler.Run([&] {
    Installation installation(scheduler, options, result);
    installation.Run();
  });
  result.steps = scheduler.steps();
  result.digest = scheduler.digest();
  return result;
}

}  // namespace tarn::sim
