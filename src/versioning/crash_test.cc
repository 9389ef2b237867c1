// A server that dies between any two steps of a verb leaves no uncommitted records that nothing
// leads to, and loses none that a branch names.
#include <array>
#include <set>

#include "versioning/reset.h"
#include "versioning/testing/interleavings.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::RecordingHooks;
using testing::Tree;
using testing::World;

const BranchId kMain("main"), kDev("dev");

struct Verb {
  const char* name;
  Status (*run)(World&);
  const char* failing_hook = "";
};
const std::array<Verb, 10> kVerbs = {{
    {"commit", [](World& w) { return ToStatus(w.CommitAll("dev")); }},
    {"merge", [](World& w) { return ToStatus(w.MergeInto("main", "dev")); }},
    {"reset of a path",
     [](World& w) { return ResetPath(w.context, w.repository, kDev, "a", false); }},
    {"reset of a prefix",
     [](World& w) { return ResetPrefix(w.context, w.repository, kDev, "a", false); }},
    {"reset of a branch",
     [](World& w) { return ResetBranch(w.context, w.repository, kDev, false); }},
    {"hard reset",
     [](World& w) { return HardResetBranch(w.context, w.repository, kMain, "dev", false); }},
    {"deletion of a branch",
     [](World& w) { return DeleteBranch(w.context, w.repository, kDev, false); }},
    {"deletion of the repository",
     [](World& w) { return DeleteRepository(w.context, w.repository.id, false); }},
    {"one seal too many", [](World& w) { return ToStatus(w.CommitAll("dev")); }, "pre-commit"},
    {"compaction",
     [](World& w) {
       return CompactSealed(w.context, w.repository, kDev, [](std::string_view) { return false; });
     }},
}};

/// Changes on "dev", some of them sealed, and staged records without effect on "main".
void Prepare(World& world) {
  TARN_EXPECT_OK(world.Put("main", "same", "0"));
  TARN_EXPECT_OK(world.CommitAll("main"));
  TARN_EXPECT_OK(world.Branch("dev"));
  TARN_EXPECT_OK(world.Put("dev", "committed", "0"));
  TARN_EXPECT_OK(world.CommitAll("dev"));
  TARN_EXPECT_OK(world.Put("main", "same", "0"));
  world.Seal("main");
  TARN_EXPECT_OK(world.Put("main", "same", "0"));
  for (size_t i = 0; i < kSealedTokensMax; ++i) {
    TARN_EXPECT_OK(world.Put("dev", "a" + std::to_string(i), "1"));
    world.Seal("dev");
  }
  TARN_EXPECT_OK(world.Put("dev", "a", "1"));
  TARN_EXPECT_OK(world.Put("dev", "b", "1"));
  world.DropTokens();
}

/// The staging partitions that hold records, and those that branches name.
std::set<std::string> Held(World& world) {
  std::set<std::string> held;
  for (std::string& partition : Must(world.kv->ListPartitions())) {
    if (partition.find(':') != std::string::npos) held.insert(std::move(partition));
  }
  return held;
}
std::set<std::string> Named(World& world) {
  std::set<std::string> named;
  if (!world.context.refs.GetRepository(world.repository.id).ok()) return named;
  const auto page = Must(world.context.refs.ListBranches(world.repository, {}, true));
  for (const refs::Branch& branch : page.items) {
    for (const StagingToken& token : branch.tokens()) named.insert(token.str());
  }
  return named;
}

/// What a restarted server does before long.
void Sweep(World& world) {
  staging::Store staging(*world.kv, world.clock, {.drop_grace_ms = 0, .late_writes_ms = 0});
  refs::Store refs(*world.kv, world.clock, *world.random, {});
  Context context{*world.kv, refs,          staging,     world.committed, world.objects,
                  nullptr,   world.workers, world.clock, *world.random,   world.xids,
                  {}};
  // Twice: on a KV that others share, the first sweep only sees what may be a creation.
  for (int pass = 0; pass < 2; ++pass) {
    TARN_EXPECT_OK(SweepDeletedRepositories(context));
    TARN_EXPECT_OK(DropUnusedTokens(context));
    world.clock.monotonic_ms += 1;
  }
}

TEST(CrashTest, LeavesNoRecordsAndLosesNone) {
  for (const Verb& verb : kVerbs) {
    bool died = true;
    for (int call = 0; died; ++call) {
      SCOPED_TRACE(std::string(verb.name) + " dies at call " + std::to_string(call));
      RecordingHooks hooks;
      World world(&hooks);
      Prepare(world);
      const Tree before = world.ReadAll("dev");
      hooks.failing = verb.failing_hook;
      world.kv->DieAt(call);
      const Status done = verb.run(world);
      died = world.kv->Revive();
      EXPECT_TRUE(died || done.ok() || done.code() == Code::kHookFailed) << done.ToString();
      Sweep(world);
      const std::set<std::string> named = Named(world);
      for (const std::string& token : Held(world)) EXPECT_TRUE(named.contains(token)) << token;
      if (named.empty() || !world.context.refs.GetBranch(world.repository, kDev).ok()) continue;
      const Tree after = world.ReadAll("dev");
      const std::string_view name(verb.name);
      if (name == "reset of a branch" && after != before) continue;
      for (const auto& [path, text] : before) {
        const bool reset = name == "reset of a path"     ? path == "a"
                           : name == "reset of a prefix" ? path.starts_with("a")
                                                         : false;
        EXPECT_TRUE(after.contains(path) || reset) << path;
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
}

/// A commit seals once more while its branch is deleted: that token goes too.
TEST(CrashTest, DeletionOfABranchTakesLateTokens) {
  testing::AllInterleavings([](World& world, const std::vector<int>& calls) {
    Prepare(world);
    world.kv->Arm(calls, [&] {
      world.Seal("dev");
      TARN_EXPECT_OK(world.Put("dev", "late", "1"));
    });
    TARN_EXPECT_OK(DeleteBranch(world.context, world.repository, kDev, false));
    const int interrupted = world.kv->Disarm();
    Sweep(world);
    const std::set<std::string> named = Named(world);
    for (const std::string& token : Held(world)) EXPECT_TRUE(named.contains(token)) << token;
    return interrupted;
  });
}

}  // namespace
}  // namespace tarn::versioning
