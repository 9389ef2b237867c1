#include "hooks/live_runs.h"

#include <future>
#include <semaphore>

#include "block/object_store.h"
#include "hooks/hook_service.h"
#include "hooks/running_record.h"
#include "records/list.h"
#include "versioning/testing/server_kv.h"
#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

using versioning::testing::Must;
using versioning::testing::ServerKv;
using versioning::testing::World;

constexpr std::string_view kFile =
    "name: an action\non: {pre-commit: }\nhooks:\n"
    "  - {id: first, type: lua, properties: {script: x}}\n"
    "  - {id: second, type: lua, properties: {script: y}}\n";

TEST(HookOutput, SoFarEndsBeforeWhatMayBecomeASecret) {
  HookOutput output;
  output.masker().Add("open sesame");
  output.masker().Add("sesame street");
  output.Append("say: open ses");
  EXPECT_EQ(output.TextSoFar(), "say: ");
  output.Append("ame.");
  EXPECT_EQ(output.TextSoFar(), "say: *******.");
  output.Append("op");
  EXPECT_EQ(output.TextSoFar(), "say: *******.");
  output.Append("era");
  EXPECT_EQ(output.TextSoFar(), "say: *******.opera");
  EXPECT_EQ(output.text(), "say: *******.opera");
}

/// A server whose scripts print, and wait.
class LiveRunsTest : public ::testing::Test {
 protected:
  ~LiveRunsTest() override { world_.context.hooks = nullptr; }

  void Start() {
    HookServices services;
    services.clock = &SystemClock();
    services.run_lua = [this](const lua::Script& script, int) {
      TARN_EXPECT_OK(script.output("begun\n"));
      begun_.release();
      go_on_.acquire();
      return script.output("done\n");
    };
    service_ = std::make_unique<HookService>(world_.context, std::move(services), nullptr);
    world_.context.hooks = service_.get();
  }
  Result<std::optional<std::string>> Output(const std::string& run, const std::string& hook) {
    return service_->live_runs().Output(world_.repository, run, hook);
  }
  void PutFile() {
    Entry entry;
    entry.address = "data/file";
    entry.size = static_cast<int64_t>(kFile.size());
    entry.checksum = entry.address;
    TARN_EXPECT_OK(
        block::PutObject(world_.objects, {world_.kNamespace.view(), entry.address}, kFile));
    std::string data;
    AppendEntry(&data, entry);
    const EntryIdentity identity = IdentityOf(entry);
    TARN_EXPECT_OK(versioning::StageValue(world_.context, world_.repository, BranchId("main"),
                                          "_lakefs_actions/a.yaml", {AsView(identity), data},
                                          versioning::SetCondition::kNone));
  }

  World world_;
  std::counting_semaphore<> begun_{0}, go_on_{0};
  std::unique_ptr<HookService> service_;
};

TEST_F(LiveRunsTest, AreReadWhileTheyGoOn) {
  Start();
  PutFile();
  auto commit = std::async(std::launch::async, [&] { return world_.CommitAll("main"); });
  begun_.acquire();
  const auto running = Must(service_->live_runs().List(world_.repository));
  ASSERT_EQ(running.size(), 1u);
  const std::string run = running[0].run.id;
  EXPECT_EQ(running[0].run.event_type, "pre-commit");
  EXPECT_EQ(running[0].run.branch.view(), "main");
  ASSERT_EQ(running[0].hooks.size(), 2u);
  EXPECT_EQ(running[0].hooks[0].state, HookState::kRunning);
  EXPECT_EQ(running[0].hooks[0].run.hook_id, "first");
  EXPECT_EQ(running[0].hooks[1].state, HookState::kWaiting);
  EXPECT_EQ(Must(Output(run, "0000_0000")), "begun\n");
  EXPECT_EQ(Must(Output(run, "0000_0001")), "");
  EXPECT_EQ(Must(Output(run, "0000_0002")), std::nullopt);
  EXPECT_EQ(GetRun(world_.context, world_.repository, run).code(), Code::kNotFound);
  go_on_.release();
  begun_.acquire();
  // The first one is over: its output is where it stays.
  EXPECT_EQ(Must(Output(run, "0000_0000")), "begun\ndone\n");
  EXPECT_EQ(Must(Output(run, "0000_0001")), "begun\n");
  EXPECT_EQ(Must(service_->live_runs().List(world_.repository))[0].hooks[0].state,
            HookState::kOver);
  go_on_.release();
  TARN_EXPECT_OK(commit.get());
  EXPECT_TRUE(Must(service_->live_runs().List(world_.repository)).empty());
  EXPECT_EQ(Must(Output(run, "0000_0000")), std::nullopt);
  const auto stored = Must(OpenHookOutput(world_.context, world_.repository, run, "0000_0001"));
  EXPECT_EQ(stored->properties().size, 11);
}

/// Servers that share a database.
class SharedLiveRunsTest : public ::testing::Test {
 protected:
  versioning::Context ContextOf(kv::Store& kv) {
    return {kv,      world_.refs,    world_.staging, world_.committed, world_.objects,
            nullptr, world_.workers, world_.clock,   *world_.random,   world_.xids,
            {}};
  }
  Event AnEvent() {
    Event event;
    event.repository = world_.repository;
    event.branch = "main";
    event.run_id = "run";
    return event;
  }
  static HookRun AHook() {
    return {.run_id = "run",
            .id = "0000_0000",
            .hook_id = "hook",
            .action_name = "action",
            .started = kNeverRun,
            .ended = kNeverRun,
            .passed = false};
  }
  bool Exists(const std::string& address) {
    return Must(world_.objects.Stat({world_.kNamespace.view(), address})).has_value();
  }
  size_t Records() {
    size_t count = 0;
    TARN_EXPECT_OK(records::ForEachRecord(*world_.kv, world_.repository.partition(), kRunningPrefix,
                                          [&](auto, auto) { return ++count, Status(); }));
    return count;
  }

  World world_;
  ServerKv kv_{*world_.kv};
  versioning::Context context_ = ContextOf(kv_);
  const std::string part_ = HookOutputAddress("run", "0000_0000") + ".part";
};

TEST_F(SharedLiveRunsTest, AreSeenByOthersAsTheyWereWrittenDown) {
  LiveRuns own(context_, {.flush_ms = 10}), other(context_, {.flush_ms = 10});
  const auto output = std::make_shared<HookOutput>();
  {
    const auto run = std::make_shared<LiveRun>(AnEvent(), std::vector{AHook()});
    const LiveRuns::Scope scope(own, run);
    run->Begin(0, {1'700'000'000, 0}, output);
    output->Append("so far");
    EXPECT_TRUE(Must(other.List(world_.repository)).empty()) << "what is short costs nothing";
    world_.clock.monotonic_ms += 1000;
    const auto read = [&] {
      return Must(other.Output(world_.repository, "run", "0000_0000")).value_or("");
    };
    for (int i = 0; i < 1000 && read() != "so far"; ++i) SleepForUs(10'000);
    EXPECT_EQ(read(), "so far");
    output->Append(" and further");
    for (int i = 0; i < 1000 && read() == "so far"; ++i) SleepForUs(10'000);
    EXPECT_EQ(read(), "so far and further");
    const auto seen = Must(other.List(world_.repository));
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].run.id, "run");
    EXPECT_EQ(seen[0].run.branch.view(), "main");
    ASSERT_EQ(seen[0].hooks.size(), 1u);
    EXPECT_EQ(seen[0].hooks[0].state, HookState::kRunning);
    EXPECT_EQ(Must(other.Output(world_.repository, "run", "0001_0000")), std::nullopt);
    EXPECT_TRUE(Exists(part_));
    EXPECT_FALSE(Exists(HookOutputAddress("run", "0000_0000")));
  }
  EXPECT_TRUE(Must(other.List(world_.repository)).empty());
  EXPECT_FALSE(Exists(part_));
  EXPECT_EQ(Records(), 0u);
}

TEST_F(SharedLiveRunsTest, OfAServerThatDiedAreNotShownAndGo) {
  LiveRuns other(context_, {.flush_ms = 10});
  TARN_EXPECT_OK(block::PutObject(world_.objects, {world_.kNamespace.view(), part_}, "so far"));
  const auto write = [&](int64_t age_seconds) {
    RunningRecord record;
    record.running.run.id = "run";
    record.running.hooks = {{AHook(), HookState::kRunning}};
    record.renewed = {world_.clock.Now().seconds - age_seconds, 0};
    TARN_EXPECT_OK(
        world_.kv->Set(world_.repository.partition(), "tarn-running/run", EncodeRunning(record)));
  };
  write(20);
  EXPECT_EQ(Must(other.List(world_.repository)).size(), 1u);
  write(120);
  EXPECT_TRUE(Must(other.List(world_.repository)).empty());
  EXPECT_EQ(Must(other.Output(world_.repository, "run", "0000_0000")), std::nullopt);
  TARN_EXPECT_OK(other.RemoveLeft());
  EXPECT_EQ(Records(), 1u) << "its server may only be slow";
  write(4000);
  TARN_EXPECT_OK(other.RemoveLeft());
  EXPECT_EQ(Records(), 0u);
  EXPECT_FALSE(Exists(part_));
}

}  // namespace
}  // namespace tarn::hooks
