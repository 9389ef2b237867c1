// Imports whose server dies, freezes or stops: another one goes on with them, and there is one
// commit or none, whenever that happens.
#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <utility>

#include "versioning/import/import_record.h"
#include "versioning/jobs/job_kinds.h"
#include "versioning/testing/import_world.h"
#include "versioning/testing/server_kv.h"

namespace tarn::versioning {
namespace {

using testing::ImportWorld;
using testing::Must;
using Contents = std::map<std::string, std::string>;

constexpr int64_t kLeaseMs = 1000, kNoHeartbeat = 3'600'000;

/// One of the servers that share the KV and the object store of a world.
class Server {
 public:
  explicit Server(ImportWorld& world, HookFinder* hooks = nullptr)
      : kv(*world.kv),
        world_(world),
        context_{kv,    refs_,         world.staging, world.committed, *world.objects,
                 hooks, world.workers, world.clock,   *world.random,   world.xids,
                 {}} {
    engine = std::make_unique<JobEngine>(
        context_, JobPools{*pool_, *pool_},
        JobEngineOptions{.heartbeat_ms = kNoHeartbeat, .lease_ms = kLeaseMs});
  }
  /// What runs uses the rest.
  ~Server() { Finish(); }
  Result<std::string> Start() {
    return StartImport(context_, *engine, world_.repository,
                       ImportWorld::RequestOf({world_.Prefix("plain/", "in/")}));
  }
  ImportStatus Get(const std::string& id) {
    return Must(GetImport(*engine, world_.repository, id));
  }
  ImportStatus Await(const std::string& id) {
    for (;;) {
      ImportStatus status = Get(id);
      if (status.completed || !status.error.empty()) return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  /// Finds out, after a lease, whose owner is gone.
  void Recover() {
    TARN_EXPECT_OK(engine->Recover());
    world_.clock.monotonic_ms += kLeaseMs;
    TARN_EXPECT_OK(engine->Recover());
  }

  /// Lets what runs come to its end, dead or alive, and stops.
  void Finish() {
    pool_.reset();
    engine.reset();
  }

  testing::ServerKv kv;
  std::unique_ptr<JobEngine> engine;

 private:
  ImportWorld& world_;
  refs::Store refs_{kv, world_.clock, *world_.random, {}};
  std::optional<runtime::BackgroundPool> pool_{
      std::in_place,
      runtime::BackgroundPoolOptions{.name = "jobs", .threads = 2, .running_per_owner_max = 2}};
  Context context_;
};

/// Holds the import up before its commit, until it may go on.
class Gate : public testing::AllHooks {
 public:
  Status Run(const HookCall& call) override {
    if (call.event != HookEvent::kPreCommit) return {};
    reached.count_down();
    open.wait();
    return {};
  }
  std::latch reached{1}, open{1};
};

class ImportTakeoverTest : public ::testing::Test {
 protected:
  static std::unique_ptr<ImportWorld> NewWorld(HookFinder* hooks = nullptr) {
    auto world = std::make_unique<ImportWorld>(ImportWorld::Options{.hooks = hooks});
    for (const char* path : {"plain/a.txt", "plain/b.csv"}) world->WriteSource(path, path);
    return world;
  }
  static int CommitsOf(ImportWorld& world) {
    return Must(world.context.refs.Resolve(world.repository, "main")).commit.generation - 1;
  }
  static std::map<std::string, JobRecord> Records(ImportWorld& world) {
    std::map<std::string, JobRecord> found;
    const auto read = [&](std::string_view, std::string_view bytes) -> Status {
      TARN_TRY_ASSIGN(JobRecord job, DecodeImport(bytes));
      found[job.id] = job;
      return {};
    };
    TARN_EXPECT_OK(records::ForEachRecord(*world.kv, world.repository.partition(),
                                          records::kImportPrefix, read));
    return found;
  }
  static void ChangeRecord(ImportWorld& world, const std::string& id,
                           const std::function<void(JobRecord*)>& change) {
    TARN_EXPECT_OK(
        records::Update(*world.kv, *world.random, kImportForm.records, world.repository.partition(),
                        id, [&](JobRecord* job) { return change(job), Result<bool>(true); }));
  }
  void ExpectImported(Server& server, const std::string& id) {
    const ImportStatus status = server.Await(id);
    EXPECT_TRUE(status.completed) << status.error;
    EXPECT_EQ(status.ingested_objects, 2);
    ASSERT_TRUE(status.commit);
    EXPECT_EQ(Must(world_->context.refs.Resolve(world_->repository, "main")).commit.id,
              status.commit->id);
    EXPECT_EQ(CommitsOf(*world_), 1);
    EXPECT_EQ(world_->ReadAll("main"),
              (Contents{{"in/a.txt", "plain/a.txt"}, {"in/b.csv", "plain/b.csv"}}));
  }
  /// Starts an import on a server that dies at a call. False if it came to its end before.
  static bool StartAndDie(ImportWorld& world, int call, bool applied) {
    Server owner(world);
    owner.kv.DieAt(call, applied);
    IgnoreError(owner.Start().status(), "it may have died");
    owner.Finish();
    return owner.kv.died;
  }
  /// What is left has an end, and its commit is there once or not at all. True if it was done.
  static bool CheckEndedOnce(ImportWorld& world) {
    Server other(world);
    const auto left = Records(world);
    EXPECT_LE(left.size(), 1u);
    other.Recover();
    for (const auto& [id, job] : left) {
      const ImportStatus status = other.Await(id);
      EXPECT_EQ(CommitsOf(world), status.completed ? 1 : 0) << status.error;
      // Only who was about to move the branch leaves it to somebody to start again.
      EXPECT_TRUE(status.completed || !job.intent.empty()) << status.error;
      if (status.completed) return true;
    }
    EXPECT_EQ(CommitsOf(world), 0);
    return false;
  }

  const std::unique_ptr<ImportWorld> world_ = NewWorld();
};

TEST_F(ImportTakeoverTest, WheneverTheOwnerDiesThereIsOneCommitOrNone) {
  for (const bool applied : {false, true}) {
    int done = 0;
    bool died = true;
    for (int call = 0; died; ++call) {
      SCOPED_TRACE("dies at call " + std::to_string(call) + (applied ? ", which is applied" : ""));
      const auto world = NewWorld();
      died = StartAndDie(*world, call, applied);
      done += CheckEndedOnce(*world) ? 1 : 0;
      ASSERT_FALSE(HasFailure());
    }
    EXPECT_GT(done, 5);
  }
}

TEST_F(ImportTakeoverTest, WhoeverTakesItOverMayDieToo) {
  bool died = true;
  for (int call = 0; died; ++call) {
    SCOPED_TRACE("dies at call " + std::to_string(call));
    const auto world = NewWorld();
    EXPECT_TRUE(StartAndDie(*world, 8, true));
    ASSERT_EQ(Records(*world).size(), 1u);
    {
      Server second(*world);
      TARN_EXPECT_OK(second.engine->Recover());
      world->clock.monotonic_ms += kLeaseMs;
      second.kv.DieAt(call, true);
      IgnoreError(second.engine->Recover(), "it may have died");
      second.Finish();
      died = second.kv.died;
    }
    CheckEndedOnce(*world);
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(ImportTakeoverTest, AnOwnerThatWasTakenForDeadDoesNotCommit) {
  Gate gate;
  Server frozen(*world_, &gate), other(*world_);
  const std::string id = Must(frozen.Start());
  gate.reached.wait();
  other.Recover();
  ExpectImported(other, id);
  gate.open.count_down();
  frozen.Finish();
  ExpectImported(other, id);
}

/// It moves the branch after all, when the other one has looked.
TEST_F(ImportTakeoverTest, AnOwnerThatFreezesBeforeItMovesTheBranchCommitsAlone) {
  Server frozen(*world_), other(*world_);
  int moves = 0;
  frozen.kv.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view key) {
    if (call == kv::HookedStore::Call::kSetIf && key == "branches/main" && moves++ == 0) {
      const auto left = Records(*world_);
      EXPECT_NE(left.begin()->second.intent, "");
      other.Recover();
      EXPECT_EQ(other.Await(left.begin()->first).error, kImportForm.interrupted);
    }
    return Status();
  });
  const std::string id = Must(frozen.Start());
  frozen.Finish();
  EXPECT_EQ(moves, 1);
  ExpectImported(other, id);
}

TEST_F(ImportTakeoverTest, AnOwnerThatFreezesBehindItsCommitIsFoundOut) {
  Server frozen(*world_), other(*world_);
  int noted = 0;
  frozen.kv.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view key) {
    if (call == kv::HookedStore::Call::kSetIf && key == "repo-metadata" && noted++ == 0) {
      EXPECT_EQ(CommitsOf(*world_), 1);
      other.Recover();
      ExpectImported(other, Records(*world_).begin()->first);
    }
    return Status();
  });
  const std::string id = Must(frozen.Start());
  frozen.Finish();
  EXPECT_EQ(noted, 1);
  ExpectImported(other, id);
}

/// Who cannot find out what the owner has done does not say that it failed.
TEST_F(ImportTakeoverTest, FindingOutIsTriedAgain) {
  Server dying(*world_), other(*world_);
  std::atomic<bool> dead = false;
  dying.kv.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view key) {
    if (call == kv::HookedStore::Call::kSetIf && key == "repo-metadata") dead = true;
    return dead ? Status(Code::kIo, "the server has died") : Status();
  });
  const std::string id = Must(dying.Start());
  dying.Finish();
  ASSERT_EQ(CommitsOf(*world_), 1);
  std::atomic<int> refused = 0;
  other.kv.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view key) {
    if (call != kv::HookedStore::Call::kGet || key != "branches/main" || refused > 0) {
      return Status();
    }
    ++refused;
    return Status(Code::kIo, "not now");
  });
  other.Recover();
  while (!Records(*world_).at(id).owner.empty()) std::this_thread::yield();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(other.Get(id).error, "");
  // Its thread may not have let go of the job yet.
  while (!other.Get(id).completed) TARN_EXPECT_OK(other.engine->Recover());
  ExpectImported(other, id);
}

/// A reset took the commit back: nobody brings it in again.
TEST_F(ImportTakeoverTest, WhatWasTakenBackStaysSo) {
  Server dying(*world_), other(*world_);
  const CommitId before = Must(world_->context.refs.Resolve(world_->repository, "main")).commit.id;
  std::atomic<bool> dead = false;
  dying.kv.set_hook([&](kv::HookedStore::Call call, std::string_view, std::string_view key) {
    if (call == kv::HookedStore::Call::kSetIf && key == "repo-metadata") dead = true;
    return dead ? Status(Code::kIo, "the server has died") : Status();
  });
  const std::string id = Must(dying.Start());
  dying.Finish();
  ASSERT_EQ(CommitsOf(*world_), 1);
  TARN_EXPECT_OK(world_->context.refs.UpdateBranch(
      world_->repository, BranchId("main"),
      [&](refs::Branch* branch) { return branch->commit = before, Result<bool>(true); }));
  other.Recover();
  EXPECT_EQ(other.Await(id).error, kImportForm.interrupted);
  EXPECT_EQ(CommitsOf(*world_), 0);
}

TEST_F(ImportTakeoverTest, AServerThatStopsHandsItOver) {
  Gate gate;
  Server stopping(*world_, &gate), other(*world_);
  const std::string id = Must(stopping.Start());
  gate.reached.wait();
  std::thread closing([&] { stopping.engine.reset(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  gate.open.count_down();
  closing.join();
  EXPECT_FALSE(other.Get(id).completed);
  EXPECT_EQ(other.Get(id).error, "");
  EXPECT_EQ(Records(*world_).at(id).takeovers, 0);
  TARN_EXPECT_OK(other.engine->Recover());  // Without waiting for a lease.
  ExpectImported(other, id);
}

TEST_F(ImportTakeoverTest, WhatServersDieOfEnds) {
  Gate gate;
  auto dying = std::make_unique<Server>(*world_, &gate);
  const std::string id = Must(dying->Start());
  gate.reached.wait();
  ChangeRecord(*world_, id, [](JobRecord* job) { job->takeovers = 3; });
  Server other(*world_);
  other.Recover();
  EXPECT_EQ(other.Await(id).error, kImportForm.interrupted);
  gate.open.count_down();
  dying.reset();
  EXPECT_EQ(CommitsOf(*world_), 0);
}

TEST_F(ImportTakeoverTest, WhatNobodyExpectsAnyMoreEnds) {
  Gate gate;
  auto dying = std::make_unique<Server>(*world_, &gate);
  const std::string id = Must(dying->Start());
  gate.reached.wait();
  world_->clock.seconds += 2 * 3600;
  Server other(*world_);
  other.Recover();
  EXPECT_EQ(other.Await(id).error, kImportForm.interrupted);
  gate.open.count_down();
  dying.reset();
  EXPECT_EQ(CommitsOf(*world_), 0);
}

TEST_F(ImportTakeoverTest, ARequestThatIsTooLargeToKeepIsNotTakenOver) {
  Gate gate;
  const auto world = NewWorld(&gate);
  ImportRequest request = ImportWorld::RequestOf({world->Prefix("plain/", "in/")});
  request.metadata["large"] = std::string(64 << 10, 'x');
  const std::string id = Must(world->Start(request));
  gate.reached.wait();
  EXPECT_EQ(Records(*world).at(id).request, "");
  gate.open.count_down();
  EXPECT_TRUE(world->Await(id).completed);
}

}  // namespace
}  // namespace tarn::versioning
