// Records that say nothing when they are written must say nothing later either: whatever moves the
// head, nothing of them comes to light.
#include <array>
#include <functional>

#include "versioning/cherry_pick.h"
#include "versioning/reset.h"
#include "versioning/revert.h"
#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::AllInterleavings;
using testing::Must;
using testing::Tree;
using testing::World;

const std::string kWork = "work";

/// Two commits on a branch, and one beside them.
struct History {
  explicit History(World& w) : world(w) {
    TARN_EXPECT_OK(world.Branch(kWork));
    TARN_EXPECT_OK(world.Put(kWork, "d/both", "0"));
    TARN_EXPECT_OK(world.Put(kWork, "d/once", "0"));
    first = Must(world.CommitAll(kWork));
    TARN_EXPECT_OK(world.Put(kWork, "d/both", "1"));
    TARN_EXPECT_OK(world.Delete(kWork, "d/once"));
    second = Must(world.CommitAll(kWork));
    TARN_EXPECT_OK(world.Branch("beside", kWork));
    TARN_EXPECT_OK(world.Put("beside", "d/both", "0"));
    TARN_EXPECT_OK(world.Put("beside", "d/once", "0"));
    beside = Must(world.CommitAll("beside"));
  }
  World& world;
  refs::Commit first, second, beside;
};

/// What moves the branch from {d/both: 1} to {d/both: 0, d/once: 0}.
struct Mover {
  const char* name;
  Status (*move)(World&, const History&);
};
const std::array<Mover, 6> kMovers = {{
    {"merge",
     [](World& world, const History&) { return ToStatus(world.MergeInto(kWork, "beside")); }},
    {"revert",
     [](World& world, const History& history) {
       return ToStatus(Revert(world.context, world.repository,
                              {.branch = BranchId(kWork),
                               .ref = history.second.id.str(),
                               .committer = "t",
                               .overrides = {}}));
     }},
    {"cherry-pick",
     [](World& world, const History& history) {
       return ToStatus(CherryPick(world.context, world.repository,
                                  {.branch = BranchId(kWork),
                                   .ref = history.beside.id.str(),
                                   .parent_number = 1,
                                   .committer = "t",
                                   .overrides = {}}));
     }},
    {"commit of a tree",
     [](World& world, const History& history) {
       return ToStatus(Commit(world.context, world.repository,
                              {.branch = BranchId(kWork),
                               .committer = "t",
                               .message = "m",
                               .source_metarange = history.first.metarange}));
     }},
    {"hard reset",
     [](World& world, const History& history) {
       return HardResetBranch(world.context, world.repository, BranchId(kWork),
                              history.first.id.view(), false);
     }},
    {"made again",
     [](World& world, const History&) {
       TARN_TRY(DeleteBranch(world.context, world.repository, BranchId(kWork), false));
       return ToStatus(world.Branch(kWork, "beside"));
     }},
}};
const Tree kMoved{{"d/both", "0"}, {"d/once", "0"}};

/// What leaves a branch as its head is.
struct NoOpinion {
  const char* name;
  void (*write)(World&);
};
Status ResetOne(World& world, const std::string& path) {
  return ResetPath(world.context, world.repository, BranchId(kWork), path, false);
}
Status ResetBelow(World& world, const std::string& prefix) {
  return ResetPrefix(world.context, world.repository, BranchId(kWork), prefix, false);
}
void WriteBoth(World& world) {
  TARN_EXPECT_OK(world.Put(kWork, "d/both", "9"));
  TARN_EXPECT_OK(world.Put(kWork, "d/once", "9"));
}
void DeleteBoth(World& world) {
  TARN_EXPECT_OK(world.Delete(kWork, "d/both"));
  TARN_EXPECT_OK(world.Delete(kWork, "d/once"));
}
void ResetBoth(World& world) {
  TARN_EXPECT_OK(ResetOne(world, "d/both"));
  TARN_EXPECT_OK(ResetOne(world, "d/once"));
}
const std::array<NoOpinion, 11> kNoOpinions = {{
    {"same value", [](World& w) { TARN_EXPECT_OK(w.Put(kWork, "d/both", "1")); }},
    {"same value after another",
     [](World& w) {
       WriteBoth(w);
       TARN_EXPECT_OK(w.Put(kWork, "d/both", "1"));
       TARN_EXPECT_OK(w.Delete(kWork, "d/once"));
     }},
    {"same value over a sealed one",
     [](World& w) {
       WriteBoth(w);
       w.Seal(kWork);
       TARN_EXPECT_OK(w.Put(kWork, "d/both", "1"));
       TARN_EXPECT_OK(w.Delete(kWork, "d/once"));
     }},
    {"put and deleted without a tombstone",
     [](World& w) {
       TARN_EXPECT_OK(w.Put(kWork, "d/once", "9"));
       TARN_EXPECT_OK(w.Delete(kWork, "d/once", /*no_tombstone=*/true));
       TARN_EXPECT_OK(w.Delete(kWork, "none", /*no_tombstone=*/true));
     }},
    {"path reset", [](World& w) { WriteBoth(w), ResetBoth(w); }},
    {"deleted path reset", [](World& w) { DeleteBoth(w), ResetBoth(w); }},
    {"sealed path reset", [](World& w) { WriteBoth(w), w.Seal(kWork), ResetBoth(w); }},
    {"path reset, sealed and staged",
     [](World& w) { WriteBoth(w), w.Seal(kWork), DeleteBoth(w), ResetBoth(w); }},
    {"prefix reset",
     [](World& w) {
       WriteBoth(w);
       TARN_EXPECT_OK(ResetBelow(w, "d/"));
     }},
    {"prefix reset, sealed and staged",
     [](World& w) {
       WriteBoth(w);
       w.Seal(kWork);
       DeleteBoth(w);
       w.Seal(kWork);
       WriteBoth(w);
       TARN_EXPECT_OK(ResetBelow(w, "d/"));
     }},
    {"branch reset",
     [](World& w) {
       WriteBoth(w);
       TARN_EXPECT_OK(ResetBranch(w.context, w.repository, BranchId(kWork), false));
     }},
}};

std::string Changes(World& world) {
  const auto diff = Must(DiffUncommitted(world.context, world.repository, BranchId(kWork)));
  std::string keys;
  TARN_EXPECT_OK(diff->Seek(""));
  while (diff->Valid()) {
    keys += std::string(diff->key()) + " ";
    TARN_EXPECT_OK(diff->Next());
  }
  return keys;
}

void ExpectMoved(World& world) {
  EXPECT_EQ(world.ReadAll(kWork), kMoved);
  EXPECT_EQ(Changes(world), "");
  EXPECT_EQ(world.CommitAll(kWork).code(), Code::kNoChanges);
}

TEST(NoOpinionTest, BeforeTheHeadMoves) {
  for (const NoOpinion& record : kNoOpinions) {
    for (const Mover& mover : kMovers) {
      for (const bool sealed : {false, true}) {
        SCOPED_TRACE(std::string(record.name) + ", then " + mover.name +
                     (sealed ? ", sealed" : ""));
        // A sealed change forbids a hard reset, whatever is staged over it.
        const std::string_view name(record.name), verb(mover.name);
        if (name.ends_with("over a sealed one") && verb == "hard reset" && !sealed) continue;
        World world;
        const History history(world);
        record.write(world);
        if (sealed) world.Seal(kWork);
        EXPECT_EQ(Changes(world), "");
        TARN_EXPECT_OK(mover.move(world, history));
        ExpectMoved(world);
      }
    }
  }
}

/// Whatever is written and reset between the steps of a verb leaves no trace.
TEST(NoOpinionTest, WhileTheHeadMoves) {
  for (const NoOpinion& record : kNoOpinions) {
    // A value that is put while the head moves is meant for the new head as well.
    if (std::string_view(record.name).starts_with("same value")) continue;
    for (const Mover& mover : kMovers) {
      if (std::string_view(mover.name) == "made again") continue;
      SCOPED_TRACE(std::string(record.name) + " during " + mover.name);
      AllInterleavings([&](World& world, const std::vector<int>& calls) {
        const History history(world);
        TARN_EXPECT_OK(world.Put(kWork, "d/both", "1"));  // So that there is something to seal.
        world.kv->Arm(calls, [&] { record.write(world); });
        const Status moved = mover.move(world, history);
        const int interrupted = world.kv->Disarm();
        // What is written may be seen before it is reset.
        EXPECT_TRUE(moved.ok() || (interrupted > 0 && moved.code() == Code::kDirtyBranch))
            << moved.ToString();
        if (!moved.ok()) TARN_EXPECT_OK(mover.move(world, history));
        ExpectMoved(world);
        world.DropTokens();
        ExpectMoved(world);
        return interrupted;
      });
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(NoOpinionTest, RealChangesStayOverAHardReset) {
  World world;
  const History history(world);
  TARN_EXPECT_OK(world.Put(kWork, "d/both", "1"));
  TARN_EXPECT_OK(world.Put(kWork, "new", "9"));
  for (const refs::Commit* target : {&history.first, &history.second, &history.first}) {
    TARN_EXPECT_OK(HardResetBranch(world.context, world.repository, BranchId(kWork),
                                   target->id.view(), false));
    EXPECT_EQ(Changes(world), "new ");
  }
  Tree expected = kMoved;
  expected["new"] = "9";
  EXPECT_EQ(world.ReadAll(kWork), expected);
}

TEST(NoOpinionTest, ResetsLeaveNoTokensBehind) {
  World world;
  const History history(world);
  for (int i = 0; i < 50; ++i) {
    WriteBoth(world);
    if (i % 3 == 0) world.Seal(kWork);
    if (i % 4 == 0) DeleteBoth(world);
    TARN_EXPECT_OK(i % 2 == 0 ? ResetBelow(world, "d/") : ResetOne(world, "d/both"));
    EXPECT_LE(world.BranchRecord(kWork).sealed_tokens.size(), 2u);
  }
}

/// Commits that a hook refuses seal what is staged; reads must not pay for it for ever.
TEST(NoOpinionTest, FailingCommitsLeaveFewTokens) {
  testing::RecordingHooks hooks;
  World world(&hooks);
  hooks.failing = "pre-commit";
  Tree expected;
  for (int i = 0; i < 40; ++i) {
    const std::string path = "p" + std::to_string(i % 7);
    TARN_EXPECT_OK(world.Put("main", path, std::to_string(i)));
    expected[path] = std::to_string(i);
    if (i % 5 == 4) {
      TARN_EXPECT_OK(world.Delete("main", path));
      expected.erase(path);
    }
    EXPECT_EQ(world.CommitAll("main").code(), Code::kHookFailed);
    EXPECT_LE(world.BranchRecord("main").sealed_tokens.size(), kSealedTokensMax);
    EXPECT_EQ(world.ReadAll("main"), expected);
  }
  world.DropTokens();
  hooks.failing = "";
  TARN_EXPECT_OK(world.CommitAll("main"));
  EXPECT_EQ(world.ReadAll("main@"), expected);
}

}  // namespace
}  // namespace tarn::versioning
