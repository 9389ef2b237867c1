// Every point at which a commit can come between the steps of a write or a read, and a write
// between those of a commit. Two interruptions per run, at all pairs of calls to the KV.
#include <set>

#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::Tree;
using testing::World;

/// No operation makes more calls than this.
constexpr int kCallsMax = 60;

/// What others may do at any time: commit everything and remove the tokens; busy ones add a key
/// first, so that the staging token is always exchanged.
class OtherCommits {
 public:
  OtherCommits(World& world, bool busy) : world_(world), busy_(busy) {}
  void operator()() {
    if (busy_) {
      const std::string key = "other" + std::to_string(keys_.size());
      TARN_EXPECT_OK(world_.Put("main", key, "1"));
      keys_.insert(key);
    }
    const Code code = world_.CommitAll("main").code();
    EXPECT_TRUE(code == Code::kOk || (!busy_ && code == Code::kNoChanges)) << CodeName(code);
    world_.DropTokens();
  }
  /// `tree` with the keys that were added.
  Tree With(Tree tree) const {
    for (const std::string& key : keys_) tree[key] = "1";
    return tree;
  }

 private:
  World& world_;
  const bool busy_;
  std::set<std::string> keys_;
};

/// What a run begins with: committed and sealed values, and, unless the staging token shall be
/// empty, staged ones and tombstones over the others.
struct Start {
  bool staged, busy;
  void Prepare(World& world) const {
    for (const char* path : {"committed", "buried", "both"}) {
      TARN_EXPECT_OK(world.Put("main", path, "0"));
    }
    TARN_EXPECT_OK(world.CommitAll("main"));
    TARN_EXPECT_OK(world.Put("main", "sealed", "0"));
    TARN_EXPECT_OK(world.refs.UpdateBranch(
        world.repository, BranchId("main"), [](refs::Branch* branch) -> Result<bool> {
          branch->sealed_tokens = {branch->staging_token};
          branch->staging_token = staging::NewStagingToken(RepositoryId("repo"), branch->id);
          return true;
        }));
    if (staged) {
      TARN_EXPECT_OK(world.Put("main", "staged", "0"));
      TARN_EXPECT_OK(world.Put("main", "both", "1"));
      TARN_EXPECT_OK(world.Delete("main", "buried"));
    }
    world.DropTokens();
  }
  Tree tree() const {
    if (staged) return {{"both", "1"}, {"committed", "0"}, {"sealed", "0"}, {"staged", "0"}};
    return {{"both", "0"}, {"buried", "0"}, {"committed", "0"}, {"sealed", "0"}};
  }
};

const Start kStarts[] = {{true, true}, {true, false}, {false, true}, {false, false}};
const char* const kPaths[] = {"committed", "buried", "both", "sealed", "staged", "new"};

/// Runs `body` in a new world for all pairs of interruption points. `body` arms the world's KV with
/// the pair and returns how often it was interrupted.
void AllInterleavings(const std::function<int(World&, const std::vector<int>&)>& body) {
  int runs = 0;
  for (int first = 0; first < kCallsMax; ++first) {
    for (int second = first; second < kCallsMax; ++second) {
      World world;
      SCOPED_TRACE("interrupted before calls " + std::to_string(first) + " and " +
                   std::to_string(second));
      const int interrupted = body(world, {first, second});
      if (::testing::Test::HasFailure()) return;
      ++runs;
      if (interrupted == 0) {
        EXPECT_GT(runs, 3);  // Else nothing was interrupted at all.
        return;
      }
      if (interrupted == 1 && second > first) break;
    }
  }
  ADD_FAILURE() << "more than " << kCallsMax << " calls";
}

/// The same from every start, on every path.
void AllStarts(const std::function<int(World&, const Start&, const std::string& path,
                                       const std::vector<int>&)>& body) {
  for (const Start& start : kStarts) {
    for (const std::string path : kPaths) {
      SCOPED_TRACE(path + (start.staged ? ", staged" : "") + (start.busy ? ", busy" : ""));
      AllInterleavings([&](World& world, const std::vector<int>& calls) {
        start.Prepare(world);
        return body(world, start, path, calls);
      });
    }
  }
}

/// Checks that the branch holds `expected`, now and committed.
void ExpectTree(World& world, const Tree& expected) {
  EXPECT_EQ(world.ReadAll("main"), expected);
  const Code code = world.CommitAll("main").code();
  EXPECT_TRUE(code == Code::kOk || code == Code::kNoChanges) << CodeName(code);
  world.DropTokens();
  EXPECT_EQ(world.ReadAll("main@"), expected);
}

TEST(InterleavingTest, Sets) {
  AllStarts([](World& world, const Start& start, const std::string& path, const auto& calls) {
    OtherCommits others(world, start.busy);
    world.kv->Arm(calls, std::ref(others));
    TARN_EXPECT_OK(world.Put("main", path, "9"));
    const int interrupted = world.kv->Disarm();
    Tree expected = others.With(start.tree());
    expected[path] = "9";
    ExpectTree(world, expected);
    return interrupted;
  });
}

TEST(InterleavingTest, ConditionalSets) {
  AllStarts([](World& world, const Start& start, const std::string& path, const auto& calls) {
    OtherCommits others(world, start.busy);
    world.kv->Arm(calls, std::ref(others));
    const Status put = world.Put("main", path, "9", SetCondition::kAbsent);
    const int interrupted = world.kv->Disarm();
    Tree expected = others.With(start.tree());
    EXPECT_EQ(put.code(), expected.contains(path) ? Code::kPreconditionFailed : Code::kOk)
        << put.ToString();
    if (put.ok()) expected[path] = "9";
    ExpectTree(world, expected);
    return interrupted;
  });
}

TEST(InterleavingTest, Deletes) {
  for (const bool no_tombstone : {false, true}) {
    SCOPED_TRACE(no_tombstone ? "without tombstones" : "");
    AllStarts([&](World& world, const Start& start, const std::string& path, const auto& calls) {
      OtherCommits others(world, start.busy);
      world.kv->Arm(calls, std::ref(others));
      TARN_EXPECT_OK(world.Delete("main", path, no_tombstone));
      const int interrupted = world.kv->Disarm();
      Tree expected = others.With(start.tree());
      expected.erase(path);
      ExpectTree(world, expected);
      return interrupted;
    });
  }
}

TEST(InterleavingTest, Reads) {
  AllStarts([](World& world, const Start& start, const std::string& path, const auto& calls) {
    world.kv->Arm(calls, OtherCommits(world, start.busy));
    const auto read = world.Read("main", path);
    const int interrupted = world.kv->Disarm();
    const Tree tree = start.tree();
    EXPECT_EQ(read.ok() ? *read : "", tree.contains(path) ? tree.at(path) : "");
    return interrupted;
  });
}

TEST(InterleavingTest, ListingsAndDifferences) {
  for (const Start& start : kStarts) {
    AllInterleavings([&](World& world, const std::vector<int>& calls) {
      start.Prepare(world);
      world.kv->Arm(calls, OtherCommits(world, start.busy));
      Tree listed = world.ReadAll("main");
      const int interrupted = world.kv->Disarm();
      std::erase_if(listed, [](const auto& item) { return item.first.starts_with("other"); });
      EXPECT_EQ(listed, start.tree());
      return interrupted;
    });
    AllInterleavings([&](World& world, const std::vector<int>& calls) {
      start.Prepare(world);
      const std::string base = world.BranchRecord("main").commit.str();
      world.kv->Arm(calls, OtherCommits(world, start.busy));
      const auto diff = Must(DiffRefs(world.context, world.repository, base, "main$"));
      const int interrupted = world.kv->Disarm();
      std::string keys;
      TARN_EXPECT_OK(diff->Seek(""));
      while (diff->Valid()) {
        if (!diff->key().starts_with("other")) keys += std::string(diff->key()) + " ";
        TARN_EXPECT_OK(diff->Next());
      }
      EXPECT_EQ(keys, start.staged ? "both buried sealed staged " : "sealed ");
      return interrupted;
    });
  }
}

TEST(InterleavingTest, WritesBetweenTheStepsOfACommit) {
  for (const bool remove : {false, true}) {
    SCOPED_TRACE(remove ? "deleted" : "written");
    AllStarts([&](World& world, const Start& start, const std::string& path, const auto& calls) {
      world.kv->Arm(calls, [&] {
        TARN_EXPECT_OK(remove ? world.Delete("main", path) : world.Put("main", path, "9"));
      });
      const Code code = world.CommitAll("main").code();
      const int interrupted = world.kv->Disarm();
      // A write may take the last change away before the commit looks.
      EXPECT_TRUE(code == Code::kOk || (interrupted > 0 && code == Code::kNoChanges))
          << CodeName(code);
      world.DropTokens();
      Tree expected = start.tree();
      if (interrupted > 0 && remove) expected.erase(path);
      if (interrupted > 0 && !remove) expected[path] = "9";
      ExpectTree(world, expected);
      return interrupted;
    });
  }
}

TEST(InterleavingTest, WritesBetweenTheStepsOfAMerge) {
  AllInterleavings([&](World& world, const std::vector<int>& calls) {
    TARN_EXPECT_OK(world.Put("main", "base", "0"));
    TARN_EXPECT_OK(world.CommitAll("main"));
    TARN_EXPECT_OK(world.Branch("dev"));
    TARN_EXPECT_OK(world.Put("dev", "merged", "1"));
    TARN_EXPECT_OK(world.CommitAll("dev"));
    TARN_EXPECT_OK(world.Put("main", "base", "0"));  // Staged, but no change.
    world.kv->Arm(calls, [&] { TARN_EXPECT_OK(world.Put("main", "late", "9")); });
    const Code code = world.MergeInto("main", "dev").code();
    const int interrupted = world.kv->Disarm();
    world.DropTokens();
    EXPECT_TRUE(code == Code::kOk || (interrupted > 0 && code == Code::kDirtyBranch))
        << CodeName(code);
    Tree expected{{"base", "0"}};
    if (code == Code::kOk) expected["merged"] = "1";
    if (interrupted > 0) expected["late"] = "9";
    EXPECT_EQ(world.ReadAll("main"), expected);
    EXPECT_EQ(world.ReadAll("main@").count("late"), 0u);  // Merges commit nothing of their own.
    return interrupted;
  });
}

}  // namespace
}  // namespace tarn::versioning
