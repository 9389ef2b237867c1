// Every point at which a commit can come between the steps of a write or a read, and a write
// between those of a commit. Two interruptions per run, at all pairs of calls to the KV.
#include <atomic>
#include <semaphore>
#include <thread>

#include "kv/testing/hooked_store.h"
#include "versioning/reset.h"
#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::AllInterleavings;
using testing::AllStarts;
using testing::ExpectTree;
using testing::kStarts;
using testing::Must;
using testing::OtherCommits;
using testing::Start;
using testing::Tree;
using testing::World;

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

/// A conditional set that is refused is nowhere in the history, whatever others did in between.
TEST(InterleavingTest, RefusedSetsAreNotInTheHistory) {
  using Steps = std::vector<std::function<void(World&)>>;
  const auto commit = [](World& world) {
    testing::AsAnotherServer(world,
                             [&] { IgnoreError(ToStatus(world.CommitAll("main")), "empty"); });
    world.DropTokens();
  };
  const auto put = [](World& world) { TARN_EXPECT_OK(world.Put("main", "new", "other")); };
  const auto remove = [](World& world) { TARN_EXPECT_OK(world.Delete("main", "new")); };
  const auto beside = [](World& world) { TARN_EXPECT_OK(world.Put("main", "beside", "1")); };
  const auto seal = [](World& world) { world.Seal(); };
  const Steps steps[] = {{commit, put},
                         {commit, put, commit},
                         {beside, commit, put, commit},
                         {commit, remove, put},
                         {seal, put},
                         {seal, put, commit},
                         {put, commit},
                         {seal, put, seal, commit},
                         {commit, remove, commit, put, commit}};
  for (const Steps& others : steps) {
    AllInterleavings([&](World& world, const std::vector<int>& calls) {
      TARN_EXPECT_OK(world.Put("main", "beside", "0"));
      world.kv->Arm(calls, [&] {
        for (const auto& step : others) step(world);
      });
      const Status set = world.Put("main", "new", "own", SetCondition::kAbsent);
      const int interrupted = world.kv->Disarm();
      IgnoreError(ToStatus(world.CommitAll("main")), "nothing to commit");
      world.DropTokens();
      bool in_history = false;
      for (CommitId id = world.BranchRecord("main").commit; !id.empty();) {
        const auto read = world.Read(id.str(), "new");
        in_history = in_history || (read.ok() && *read == "own");
        const auto record = Must(world.refs.GetCommit(world.repository, id));
        id = record->parents.empty() ? CommitId() : record->parents.front();
      }
      EXPECT_TRUE(set.ok() || set.code() == Code::kPreconditionFailed) << set.ToString();
      EXPECT_TRUE(!in_history || set.ok());
      return interrupted;
    });
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(InterleavingTest, OneOfTwoConditionalSetsWins) {
  for (const bool buried : {false, true}) {
    for (const bool commits : {false, true}) {
      SCOPED_TRACE(std::string(buried ? "over a tombstone" : "") + (commits ? ", committed" : ""));
      AllInterleavings([&](World& world, const std::vector<int>& calls) {
        TARN_EXPECT_OK(world.Put("main", "beside", "0"));
        if (buried) {
          TARN_EXPECT_OK(world.Put("main", "new", "old"));
          TARN_EXPECT_OK(world.CommitAll("main"));
          TARN_EXPECT_OK(world.Delete("main", "new"));
        }
        Status rival(Code::kInternal, "not tried");
        world.kv->Arm(calls, [&] {
          if (rival.code() == Code::kInternal) {
            world.Seal();
            rival = world.Put("main", "new", "rival", SetCondition::kAbsent);
          } else if (commits) {
            testing::AsAnotherServer(
                world, [&] { IgnoreError(ToStatus(world.CommitAll("main")), "empty"); });
            world.DropTokens();
          }
        });
        const Status own = world.Put("main", "new", "own", SetCondition::kAbsent);
        const int interrupted = world.kv->Disarm();
        if (interrupted == 0) return 0;
        EXPECT_NE(own.ok(), rival.ok()) << own.ToString() << " / " << rival.ToString();
        const std::string winner = own.ok() ? "own" : "rival";
        EXPECT_EQ(Must(world.Read("main", "new")), winner);
        IgnoreError(ToStatus(world.CommitAll("main")), "nothing to commit");
        EXPECT_EQ(Must(world.Read("main@", "new")), winner);
        return interrupted;
      });
      if (::testing::Test::HasFailure()) return;
    }
  }
}

/// A reset on another server that stops before one of its calls to the KV, makes that call when
/// told to, and dies.
class StoppedReset {
 public:
  StoppedReset(World& world, int call, bool whole)
      : kv_(*world.kv),
        refs_(kv_, world.clock, *world.random, {}),
        staging_(kv_, world.clock, {}),
        context_{kv_,     refs_,         staging_,    world.committed, world.objects,
                 nullptr, world.workers, world.clock, *world.random,   world.xids,
                 {}} {
    kv_.set_hook([this, call](kv::HookedStore::Call, std::string_view, std::string_view) {
      if (calls_ > call) return Status(Code::kIo, "the server has died");
      if (calls_++ == call) {
        stopped_.release();
        go_.acquire();
      }
      return Status();
    });
    thread_ = std::thread([this, &world, whole] {
      const auto reset = whole ? &ResetPath : &ResetPrefix;
      IgnoreError(reset(context_, world.repository, BranchId("main"), "new", false), "it dies");
      ended_ = true;
      stopped_.release();
    });
    stopped_.acquire();
  }
  ~StoppedReset() { GoOn(); }
  void GoOn() {
    if (!thread_.joinable()) return;
    go_.release();
    thread_.join();
  }
  bool ended_by_itself() const { return ended_; }

 private:
  kv::HookedStore kv_;
  refs::Store refs_;
  staging::Store staging_;
  Context context_;
  std::binary_semaphore stopped_{0}, go_{0};
  std::atomic<bool> ended_ = false;
  int calls_ = 0;
  std::thread thread_;
};

TEST(InterleavingTest, ADeleteIsNotLostBetweenAResetAndACommit) {
  for (const bool whole : {true, false}) {
    for (int step = 0;; ++step) {
      ASSERT_LT(step, testing::kCallsMax);
      bool ended = false;
      for (int call = 0; call < testing::kCallsMax; ++call) {
        SCOPED_TRACE(std::string(whole ? "path" : "prefix") + ", step " + std::to_string(step) +
                     " of the reset, before call " + std::to_string(call) + " of the commit");
        World world;
        TARN_EXPECT_OK(world.Put("main", "new", "1"));
        TARN_EXPECT_OK(world.Put("main", "other", "1"));
        StoppedReset reset(world, step, whole);
        ended = reset.ended_by_itself();
        if (ended) break;
        world.kv->Arm({call}, [&] {
          reset.GoOn();
          TARN_EXPECT_OK(world.Delete("main", "new"));
        });
        TARN_EXPECT_OK(world.CommitAll("main"));
        if (world.kv->Disarm() == 0) break;
        EXPECT_EQ(CodeName(world.Read("main", "new").code()), CodeName(Code::kNotFound));
        IgnoreError(ToStatus(world.CommitAll("main")), "nothing to commit");
        EXPECT_EQ(CodeName(world.Read("main@", "new").code()), CodeName(Code::kNotFound));
        if (::testing::Test::HasFailure()) return;
      }
      if (ended) {
        EXPECT_GT(step, 3);
        break;
      }
    }
  }
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
