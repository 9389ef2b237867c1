// Random work on branches, compared step by step with maps in memory.
#include <random>
#include <set>

#include "versioning/cherry_pick.h"
#include "versioning/reset.h"
#include "versioning/revert.h"
#include "versioning/testing/commit_model.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using committed::DiffKind;
using committed::MergeStrategy;
using testing::Must;
using testing::Tree;
using testing::World;

using Text = std::optional<std::string>;  ///< Nothing: the path is absent.

Text Find(const Tree& tree, const std::string& path) {
  const auto it = tree.find(path);
  return it == tree.end() ? Text() : Text(it->second);
}

std::set<std::string> Paths(std::initializer_list<const Tree*> trees) {
  std::set<std::string> paths;
  for (const Tree* tree : trees) {
    for (const auto& [path, text] : *tree) paths.insert(path);
  }
  return paths;
}

/// Three-way merge by the truth table, on maps; nothing on a conflict.
std::optional<Tree> MergeModel(const Tree& base, const Tree& source, const Tree& destination,
                               const std::string& strategy) {
  Tree merged;
  for (const std::string& path : Paths({&base, &source, &destination})) {
    const Text b = Find(base, path), s = Find(source, path), d = Find(destination, path);
    Text result;
    if (s == d || s == b) {
      result = d;
    } else if (d == b || strategy == "source-wins") {
      result = s;
    } else if (strategy == "dest-wins") {
      result = d;
    } else {
      return std::nullopt;
    }
    if (result) merged[path] = *result;
  }
  return merged;
}

/// Differences as "+path", "-path", "~path", "!path".
using Diffs = std::vector<std::string>;

Diffs DiffModel(const Tree& left, const Tree& right) {
  Diffs diffs;
  for (const std::string& path : Paths({&left, &right})) {
    const Text l = Find(left, path), r = Find(right, path);
    if (l != r) diffs.push_back((!l ? "+" : !r ? "-" : "~") + path);
  }
  return diffs;
}

Diffs MergeDiffModel(const Tree& base, const Tree& source, const Tree& destination) {
  Diffs diffs;
  for (const std::string& path : Paths({&base, &source, &destination})) {
    const Text b = Find(base, path), s = Find(source, path), d = Find(destination, path);
    if (s == d || s == b) continue;
    diffs.push_back((d != b ? "!" : !b ? "+" : !s ? "-" : "~") + path);
  }
  return diffs;
}

Diffs Collect(Result<std::unique_ptr<committed::DiffIterator>> opened) {
  const auto diff = Must(std::move(opened));
  Diffs diffs;
  for (Status moved = diff->Seek("");; moved = diff->Next()) {
    TARN_EXPECT_OK(moved);
    if (!diff->Valid()) return diffs;
    diffs.push_back("+-~!"[static_cast<size_t>(diff->value().kind)] + std::string(diff->key()));
  }
}

class Simulation {
 public:
  explicit Simulation(uint64_t seed)
      : random_(seed), world_(nullptr, testing::RangesOf(1 + random_() % 8)) {
    branches_["main"] = {};
    commits_[world_.BranchRecord("main").commit] = {};
  }

  void Step() {
    switch (random_() % 30) {
      case 0:
      case 1:
        return Commit();
      case 2:
        return Branch();
      case 3:
      case 4:
        return Merge();
      case 5:
        return CompareDiffs();
      case 6:
        return world_.DropTokens();
      case 7:
        return CompareTrees();
      case 8:
        return DeleteMany();
      case 9:
        return Reset();
      case 10:
        return HardReset();
      case 11:
        return Revert();
      case 12:
        return CherryPick();
      case 13:
        world_.Seal(AnyBranch());
        return;
      case 14:
      case 15:
        return PutSame();
      default:
        return random_() % 3 == 0 ? Delete() : Put();
    }
  }

  void CompareTrees() {
    for (const auto& [name, branch] : branches_) {
      EXPECT_EQ(world_.ReadAll(name), branch.staged) << name;
      EXPECT_EQ(world_.ReadAll(name + "@"), branch.head) << name;
      const std::string path = AnyPath();
      EXPECT_EQ(world_.Read(name, path).ok(), branch.staged.contains(path)) << name << " " << path;
    }
    for (const auto& [id, tree] : commits_) {
      if (random_() % 8 != 0) continue;
      EXPECT_EQ(world_.ReadAll(id.str()), tree);
    }
  }

 private:
  struct BranchModel {
    Tree head, staged;  // Committed tree; the tree with uncommitted changes.
  };

  std::string AnyPath() {
    static const char* const kParts[] = {"a", "b", "c/", "d", "/"};
    std::string path;
    for (uint64_t i = 0; i <= random_() % 3; ++i) path += kParts[random_() % 5];
    return path;
  }
  std::string AnyText() { return std::to_string(random_() % 3); }
  std::string AnyBranch() {
    return std::next(branches_.begin(), static_cast<int>(random_() % branches_.size()))->first;
  }

  void Put() {
    const std::string name = AnyBranch(), path = AnyPath(), text = AnyText();
    Tree& staged = branches_[name].staged;
    const bool absent = random_() % 3 == 0;
    const Status status =
        world_.Put(name, path, text, absent ? SetCondition::kAbsent : SetCondition::kNone);
    if (absent && staged.contains(path)) {
      EXPECT_EQ(status.code(), Code::kPreconditionFailed);
      return;
    }
    TARN_EXPECT_OK(status);
    staged[path] = text;
  }

  /// Stages what is there already: no change, whatever moves the head later.
  void PutSame() {
    const std::string name = AnyBranch(), path = AnyPath();
    const Text text = Find(branches_[name].staged, path);
    if (text) {
      TARN_EXPECT_OK(world_.Put(name, path, *text));
    } else {
      TARN_EXPECT_OK(world_.Put(name, path, "9"));
      TARN_EXPECT_OK(world_.Delete(name, path, /*no_tombstone=*/random_() % 2 == 0));
    }
  }

  /// While the next verb runs, somebody writes to a clean branch and resets it again.
  void Disturb(const std::string& name) {
    const BranchModel& branch = branches_[name];
    if (branch.head != branch.staged || random_() % 2 == 0) return;
    const std::string path = AnyPath();
    const uint64_t kind = random_() % 3;
    world_.kv->Arm({static_cast<int>(random_() % 12), static_cast<int>(random_() % 40)}, [=, this] {
      TARN_EXPECT_OK(world_.Put(name, path, "disturbance"));
      ResetNow(BranchId(name), path, kind);
    });
  }

  /// Ends it. True if the verb was refused for what was written, before it was reset.
  bool SawDisturbance(Code code) { return world_.kv->Disarm() > 0 && code == Code::kDirtyBranch; }

  void Delete() {
    const std::string name = AnyBranch(), path = AnyPath();
    TARN_EXPECT_OK(world_.Delete(name, path, /*no_tombstone=*/random_() % 2 == 0));
    branches_[name].staged.erase(path);
  }

  void DeleteMany() {
    const std::string name = AnyBranch();
    std::vector<std::string> paths(random_() % 10);
    for (std::string& path : paths) path = AnyPath();
    const auto results = Must(StageDeleteMany(world_.context, world_.repository, BranchId(name),
                                              paths, random_() % 2 == 0));
    for (size_t i = 0; i < paths.size(); ++i) {
      TARN_EXPECT_OK(results[i]);
      branches_[name].staged.erase(paths[i]);
    }
  }

  void Commit() {
    const std::string name = AnyBranch();
    BranchModel& branch = branches_[name];
    const auto commit = world_.CommitAll(name);
    if (branch.head == branch.staged) {
      EXPECT_EQ(commit.code(), Code::kNoChanges);
      return;
    }
    branch.head = branch.staged;
    commits_[Must(commit).id] = branch.head;
  }

  void Branch() {
    if (branches_.size() >= 6) {
      const std::string gone = std::prev(branches_.end())->first;
      TARN_EXPECT_OK(DeleteBranch(world_.context, world_.repository, BranchId(gone), false));
      branches_.erase(gone);
    }
    const std::string name = "z" + std::to_string(names_++), source = AnyBranch();
    TARN_EXPECT_OK(world_.Branch(name, source));
    branches_[name] = {branches_[source].head, branches_[source].head};
  }

  void Merge() {
    static const char* const kStrategies[] = {"", "dest-wins", "source-wins"};
    const std::string from = AnyBranch(), to = AnyBranch(), strategy = kStrategies[random_() % 3];
    BranchModel& destination = branches_[to];
    const Tree source = branches_[from].head, base = MergeBaseOf(from, to);
    Disturb(to);
    const auto merged = world_.MergeInto(to, from, strategy);
    if (SawDisturbance(merged.code())) return;
    if (destination.head != destination.staged) {
      EXPECT_EQ(merged.code(), Code::kDirtyBranch);
      return;
    }
    // Equal content may still lie in different ranges, which then makes an empty merge commit.
    if (merged.code() == Code::kNoChanges) {
      EXPECT_EQ(source, base);
      return;
    }
    const auto expected = MergeModel(base, source, destination.head, strategy);
    if (!expected) {
      EXPECT_EQ(merged.code(), Code::kConflict);
      return;
    }
    destination = {*expected, *expected};
    commits_[Must(merged).id] = *expected;
  }

  void Reset() {
    const std::string name = AnyBranch(), path = AnyPath();
    const BranchId id(name);
    BranchModel& branch = branches_[name];
    const uint64_t kind = random_() % 3;
    for (const std::string& changed : Paths({&branch.head, &branch.staged})) {
      if (kind == 0 && changed != path) continue;
      if (kind == 1 && !changed.starts_with(path)) continue;
      const Text committed = Find(branch.head, changed);
      branch.staged.erase(changed);
      if (committed) branch.staged[changed] = *committed;
    }
    ResetNow(id, path, kind);
  }

  void ResetNow(const BranchId& id, const std::string& path, uint64_t kind) {
    if (kind == 0) TARN_EXPECT_OK(ResetPath(world_.context, world_.repository, id, path, false));
    if (kind == 1) TARN_EXPECT_OK(ResetPrefix(world_.context, world_.repository, id, path, false));
    if (kind == 2) TARN_EXPECT_OK(ResetBranch(world_.context, world_.repository, id, false));
  }

  /// Uncommitted changes, and nothing else, go on to the new head; sealed ones forbid it.
  void HardReset() {
    const std::string name = AnyBranch();
    const auto& [commit, tree] = AnyCommit();
    BranchModel& branch = branches_[name];
    const bool may_be_sealed = !world_.BranchRecord(name).sealed_tokens.empty();
    Disturb(name);
    const Status done =
        HardResetBranch(world_.context, world_.repository, BranchId(name), commit.view(), false);
    if (SawDisturbance(done.code())) return;
    if (done.code() == Code::kDirtyBranch) {
      EXPECT_TRUE(may_be_sealed);
      return;
    }
    TARN_EXPECT_OK(done);
    Tree staged = tree;
    for (const std::string& path : Paths({&branch.head, &branch.staged})) {
      const Text text = Find(branch.staged, path);
      if (text == Find(branch.head, path)) continue;
      staged.erase(path);
      if (text) staged[path] = *text;
    }
    branch = {tree, staged};
  }

  void Revert() {
    const auto& [commit, tree] = AnyCommit();
    const int64_t parent = AnyParent(commit);
    const std::string name = AnyBranch();
    Disturb(name);
    ExpectChange(name, tree, ParentTree(commit, parent),
                 versioning::Revert(world_.context, world_.repository,
                                    {.branch = BranchId(name),
                                     .ref = commit.str(),
                                     .parent_number = parent,
                                     .committer = "t",
                                     .overrides = {}}));
  }

  void CherryPick() {
    const auto& [commit, tree] = AnyCommit();
    const int64_t parent = AnyParent(commit);
    if (parent == 0) return;
    const std::string name = AnyBranch();
    Disturb(name);
    ExpectChange(name, ParentTree(commit, parent), tree,
                 versioning::CherryPick(world_.context, world_.repository,
                                        {.branch = BranchId(name),
                                         .ref = commit.str(),
                                         .parent_number = parent,
                                         .committer = "t",
                                         .overrides = {}}));
  }

  /// Checks what became of the difference between two trees, put onto a branch.
  void ExpectChange(const std::string& name, const Tree& from, const Tree& to,
                    const Result<refs::Commit>& done) {
    if (SawDisturbance(done.code())) return;
    BranchModel& branch = branches_[name];
    if (branch.head != branch.staged) {
      EXPECT_EQ(done.code(), Code::kDirtyBranch);
      return;
    }
    const auto expected = MergeModel(from, to, branch.head, "");
    // Equal content in other ranges makes an empty commit.
    if (done.code() == Code::kNoChanges) {
      EXPECT_EQ(expected, branch.head);
      return;
    }
    if (!expected) {
      EXPECT_EQ(done.code(), Code::kConflict);
      return;
    }
    branch = {*expected, *expected};
    commits_[Must(done).id] = *expected;
  }

  const std::pair<const CommitId, Tree>& AnyCommit() {
    return *std::next(commits_.begin(), static_cast<int>(random_() % commits_.size()));
  }
  std::vector<CommitId> Parents(const CommitId& id) {
    return Must(world_.refs.GetCommit(world_.repository, id))->parents;
  }
  /// 1-based; 0 for the first commit.
  int64_t AnyParent(const CommitId& id) {
    const size_t count = Parents(id).size();
    return count == 0 ? 0 : 1 + static_cast<int64_t>(random_() % count);
  }
  Tree ParentTree(const CommitId& id, int64_t parent) {
    if (parent == 0) return {};
    return commits_.at(Parents(id).at(static_cast<size_t>(parent - 1)));
  }

  Tree MergeBaseOf(const std::string& source, const std::string& destination) {
    testing::CommitModel model;
    for (const auto& [id, tree] : commits_) {
      testing::ModelCommit commit{.parents = {}, .tree = tree};
      for (const CommitId& parent : Parents(id)) commit.parents.push_back(parent.str());
      model.Add(id.str(), std::move(commit));
    }
    return model.BaseTree(world_.BranchRecord(source).commit.str(),
                          world_.BranchRecord(destination).commit.str());
  }

  void CompareDiffs() {
    const std::string left = AnyBranch(), right = AnyBranch();
    const Tree &l = branches_[left].head, &r = branches_[right].head;
    EXPECT_EQ(Collect(DiffRefs(world_.context, world_.repository, left, right)), DiffModel(l, r));
    EXPECT_EQ(Collect(DiffRefs(world_.context, world_.repository, left, right + "$")),
              DiffModel(l, branches_[right].staged));
    EXPECT_EQ(Collect(DiffUncommitted(world_.context, world_.repository, BranchId(right))),
              DiffModel(r, branches_[right].staged));
    EXPECT_EQ(Collect(DiffMerge(world_.context, world_.repository, left, right)),
              MergeDiffModel(MergeBaseOf(right, left), r, l));
  }

  std::mt19937_64 random_;
  World world_;
  std::map<std::string, BranchModel> branches_;
  std::map<CommitId, Tree> commits_;
  int names_ = 0;
};

TEST(ModelTest, RandomWorkMatchesMaps) {
  for (int round = 0; round < 30; ++round) {
    const uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation simulation(seed);
    for (int step = 0; step < 300 && !::testing::Test::HasFailure(); ++step) simulation.Step();
    simulation.CompareTrees();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tarn::versioning
