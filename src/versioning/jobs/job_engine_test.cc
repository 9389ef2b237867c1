#include "versioning/jobs/job_engine.h"

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <thread>

#include "versioning/jobs/instance_record.h"
#include "versioning/jobs/job_kinds.h"
#include "versioning/repository/refs_dump.h"
#include "versioning/testing/server_kv.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;
using Call = kv::ForwardingStore::Call;

constexpr int64_t kNoHeartbeat = 3'600'000, kLeaseMs = 1000;
constexpr std::string_view kTaskInterrupted =
    "Task owner instance no longer available. Please retry.";

/// A server that shares the KV with others.
struct Server {
  explicit Server(World& world, JobEngineOptions options = {.heartbeat_ms = kNoHeartbeat})
      : kv(*world.kv) {
    options.lease_ms = kLeaseMs;
    engine = std::make_unique<JobEngine>(context(world), JobPools{pool, pool}, options);
  }
  Context& context(World& world) {
    refs = std::make_unique<refs::Store>(kv, world.clock, *world.random, refs::Options());
    context_ = std::make_unique<Context>(Context{kv,
                                                 *refs,
                                                 world.staging,
                                                 world.committed,
                                                 world.objects,
                                                 nullptr,
                                                 world.workers,
                                                 world.clock,
                                                 *world.random,
                                                 world.xids,
                                                 {}});
    return *context_;
  }
  testing::ServerKv kv;
  std::unique_ptr<refs::Store> refs;
  std::unique_ptr<Context> context_;
  runtime::BackgroundPool pool{{.name = "jobs", .threads = 2, .running_per_owner_max = 2}};
  std::unique_ptr<JobEngine> engine;
};

void Pause() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

/// A job that stands still where it is told to.
class Gate {
 public:
  void Stop() {
    reached_.set_value();
    open_.get_future().wait();
  }
  void AwaitReached() { reached_.get_future().wait(); }
  void Open() { open_.set_value(); }

 private:
  std::promise<void> reached_, open_;
};

class JobEngineTest : public ::testing::Test {
 protected:
  /// One server, to which its KV belongs alone unless the test's KV says otherwise.
  std::unique_ptr<JobEngine> NewEngine(JobEngineOptions options = {}) {
    return std::make_unique<JobEngine>(world_.context, JobPools{pool_, pool_}, options);
  }
  JobRecord Await(JobEngine& engine, const JobKind& kind, const std::string& id) {
    for (int i = 0; i < 5000; ++i) {
      JobRecord job = Must(engine.Get(kind, world_.repository, id));
      if (job.state != JobState::kRunning) return job;
      Pause();
    }
    ADD_FAILURE() << "the job does not end";
    return {};
  }
  /// A job that another server has left, by its record.
  std::string Leave(const JobKind& kind, Timestamp updated) {
    const std::string id = kind.id_prefix.empty()
                               ? "cdeadimport000000000"
                               : std::string(kind.id_prefix) + "01234567890123456789";
    JobRecord job;
    job.id = id;
    job.updated = updated;
    job.owner = kind.form.lease == JobLease::kOwner ? "somebody" : "";
    TARN_EXPECT_OK(
        records::Create(*world_.kv, kind.form.records, world_.repository.partition(), id, job));
    return id;
  }
  /// Shows that the other server lives.
  void Beat(const JobKind& kind, const std::string& id) {
    if (kind.form.lease == JobLease::kOwner) {
      TARN_EXPECT_OK(
          world_.kv->Set("catalog", "instances/somebody", EncodeHeartbeat(world_.clock.Now())));
      return;
    }
    TARN_EXPECT_OK(records::Update(*world_.kv, *world_.random, kind.form.records,
                                   world_.repository.partition(), id,
                                   [&](JobRecord* job) -> Result<bool> {
                                     job->updated = world_.clock.Now();
                                     return true;
                                   }));
  }
  /// What a server finds out after a lease.
  void RecoverAfterLease(JobEngine& engine) {
    TARN_EXPECT_OK(engine.Recover());
    world_.clock.monotonic_ms += kLeaseMs;
    TARN_EXPECT_OK(engine.Recover());
  }
  static std::map<std::string, JobRecord> AllJobs(World& world, const JobKind& kind) {
    std::map<std::string, JobRecord> jobs;
    TARN_EXPECT_OK(
        records::ForEachRecord(*world.kv, world.repository.partition(), kind.form.records.prefix,
                               [&](std::string_view key, std::string_view bytes) {
                                 jobs[std::string(key)] = Must(kind.form.records.decode(bytes));
                                 return Status();
                               }));
    return jobs;
  }

  /// Runs a job on a server that dies at a call. False if it came to its end before.
  static bool StartAndDie(World& world, const JobKind& kind, int call, bool applied) {
    Server owner(world);
    owner.kv.DieAt(call, applied);
    std::promise<void> worked;
    const auto steps = [](JobProgress& progress) -> Status {
      TARN_TRY(progress.StepDone());
      TARN_TRY(progress.Intend("step"));
      progress.SetResult("");
      return {};
    };
    const auto started = owner.engine->Start(kind, world.repository, [&](JobProgress& progress) {
      Status done = steps(progress);
      worked.set_value();
      return done;
    });
    if (started.ok()) worked.get_future().wait();
    owner.engine.reset();  // Waits for the end; what it cannot write, it gives up.
    EXPECT_TRUE(!started.ok() || AllJobs(world, kind).size() == 1);
    return owner.kv.died;
  }
  /// Another server ends what `died` has left, with one write, and leaves alone what has ended.
  static void CheckEndedOnce(World& world, const JobKind& kind, bool died) {
    const auto left = AllJobs(world, kind);
    EXPECT_LE(left.size(), 1u);
    const bool running = !left.empty() && left.begin()->second.state == JobState::kRunning;
    EXPECT_TRUE(died || !running);
    Server other(world);
    std::atomic<int> writes = 0;
    other.kv.set_hook([&](Call made, std::string_view, std::string_view) {
      if (made == Call::kSetIf) ++writes;
      return Status();
    });
    TARN_EXPECT_OK(other.engine->Recover());
    world.clock.monotonic_ms += kLeaseMs;
    for (int i = 0; i < 2; ++i) {
      TARN_EXPECT_OK(other.engine->Recover());
      EXPECT_EQ(writes, running ? 1 : 0);
    }
    for (const auto& [key, job] : AllJobs(world, kind)) {
      EXPECT_EQ(job.state, running ? JobState::kFailed : left.at(key).state);
      EXPECT_EQ(job.error.text, running ? kind.form.interrupted : left.at(key).error.text);
    }
  }

  World world_;
  runtime::BackgroundPool pool_{{.name = "jobs", .threads = 2, .running_per_owner_max = 2}};
};

const JobKind* const kBothForms[] = {&kImportJob, &kDumpRefsJob};

TEST_F(JobEngineTest, RecordTellsTheProgress) {
  const auto engine = NewEngine();
  Gate gate;
  const std::string id =
      Must(engine->Start(kDumpRefsJob, world_.repository, [&](JobProgress& progress) -> Status {
        progress.SetResult("half");
        TARN_TRY(progress.StepDone());
        progress.signals()->progress = 7;
        gate.Stop();
        progress.SetResult("whole");
        return {};
      }));
  EXPECT_TRUE(id.starts_with("DR"));
  EXPECT_EQ(id.size(), 22u);
  gate.AwaitReached();
  const JobRecord half = Must(engine->Get(kDumpRefsJob, world_.repository, id));
  EXPECT_EQ(half.state, JobState::kRunning);
  EXPECT_EQ(half.result, "half");
  EXPECT_EQ(half.progress, 7);
  TARN_EXPECT_OK(engine->Recover());  // Its own jobs live.
  gate.Open();
  const JobRecord whole = Await(*engine, kDumpRefsJob, id);
  EXPECT_EQ(whole.state, JobState::kDone);
  EXPECT_EQ(whole.result, "whole");
  EXPECT_EQ(whole.error.text, "");
  EXPECT_EQ(whole.operation, "dump_refs");
  EXPECT_GT(whole.updated.seconds, half.updated.seconds);
}

TEST_F(JobEngineTest, FailureIsToldAsTheProtocolWants) {
  const auto engine = NewEngine({.describe = [](const Status& failure) {
    return JobError{"described: " + std::string(failure.message()), 410};
  }});
  const auto fail = [](JobProgress&) { return Status(Code::kDataNotFound, "gone"); };
  const std::string id = Must(engine->Start(kRestoreRefsJob, world_.repository, fail));
  const JobRecord failed = Await(*engine, kRestoreRefsJob, id);
  EXPECT_EQ(failed.error.text, "described: gone");
  EXPECT_EQ(failed.error.status_code, 410);
  const std::string import = Must(engine->Start(kImportJob, world_.repository, fail));
  EXPECT_EQ(Await(*engine, kImportJob, import).error.text, "gone");
}

TEST_F(JobEngineTest, AFailureWithoutWordsIsAFailure) {
  const auto engine = NewEngine();
  for (const JobKind* kind : kBothForms) {
    const std::string id = Must(
        engine->Start(*kind, world_.repository, [](JobProgress&) { return Status(Code::kIo); }));
    const JobRecord failed = Await(*engine, *kind, id);
    EXPECT_EQ(failed.state, JobState::kFailed);
    EXPECT_NE(failed.error.text, "");
  }
}

TEST_F(JobEngineTest, IdsOfOtherKindsAreUnknown) {
  const auto engine = NewEngine();
  const std::string id =
      Must(engine->Start(kDumpRefsJob, world_.repository, [](JobProgress&) { return Status(); }));
  Await(*engine, kDumpRefsJob, id);
  for (const std::string& other :
       {id, std::string("RRunknown"), std::string("RR") + id.substr(2)}) {
    TARN_EXPECT_ERROR(engine->Get(kRestoreRefsJob, world_.repository, other), Code::kNotFound,
                      "not found");
    TARN_EXPECT_ERROR(engine->Cancel(kRestoreRefsJob, world_.repository, other), Code::kNotFound,
                      "not found");
  }
}

TEST_F(JobEngineTest, StoppingTheServerEndsItsJobs) {
  auto engine = NewEngine();
  std::promise<void> started;
  const std::string id =
      Must(engine->Start(kDumpRefsJob, world_.repository, [&](JobProgress& progress) -> Status {
        started.set_value();
        while (!progress.stop()) Pause();
        return Status(Code::kCancelled);
      }));
  started.get_future().wait();
  engine.reset();
  engine = NewEngine();
  const JobRecord job = Must(engine->Get(kDumpRefsJob, world_.repository, id));
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.error.text, kTaskInterrupted);
  EXPECT_EQ(job.error.status_code, 408);
}

TEST_F(JobEngineTest, JobsOfADeadServerAreEndedAndForgottenAfterADay) {
  for (const JobKind* kind : kBothForms) {
    const auto engine = NewEngine({.lease_ms = kLeaseMs});
    const std::string id = Leave(*kind, world_.clock.Now());
    RecoverAfterLease(*engine);
    const JobRecord job = Must(engine->Get(*kind, world_.repository, id));
    EXPECT_EQ(job.error.text, kind->form.interrupted);
    world_.clock.seconds += 24 * 3600 + 100;
    TARN_EXPECT_OK(engine->Recover());
    EXPECT_EQ(engine->Get(*kind, world_.repository, id).code(), Code::kNotFound);
  }
}

TEST_F(JobEngineTest, ServersThatShareAStoreGoByTheSignsOfLife) {
  for (const JobKind* kind : kBothForms) {
    Server server(world_);
    const std::string id = Leave(*kind, world_.clock.Now());
    Beat(*kind, id);
    const auto lives_after = [&](int64_t ms) {
      world_.clock.monotonic_ms += ms;
      TARN_EXPECT_OK(server.engine->Recover());
      return Must(server.engine->Get(*kind, world_.repository, id)).state == JobState::kRunning;
    };
    EXPECT_TRUE(lives_after(0));
    EXPECT_TRUE(lives_after(900));
    Beat(*kind, id);
    EXPECT_TRUE(lives_after(900));
    EXPECT_TRUE(lives_after(900));
    EXPECT_FALSE(lives_after(200));
  }
}

TEST_F(JobEngineTest, ALongJobOfALivingServerIsNotForgotten) {
  Server server(world_);
  const std::string id = Leave(kDumpRefsJob, world_.clock.Now());
  world_.clock.seconds += 3 * 24 * 3600;
  Beat(kDumpRefsJob, id);
  TARN_EXPECT_OK(server.engine->Recover());
  EXPECT_EQ(Must(server.engine->Get(kDumpRefsJob, world_.repository, id)).state,
            JobState::kRunning);
}

TEST_F(JobEngineTest, AJobOfADeletedRepositoryLeavesNoRecord) {
  const auto engine = NewEngine();
  for (const JobKind* kind : kBothForms) {
    Gate gate;
    std::atomic<bool> stopped = false;
    const std::string id =
        Must(engine->Start(*kind, world_.repository, [&](JobProgress& progress) -> Status {
          gate.Stop();
          EXPECT_EQ(progress.StepDone().code(), Code::kCancelled);
          EXPECT_EQ(progress.Intend("step").code(), Code::kCancelled);
          stopped = progress.stop();
          return Status(Code::kCancelled);
        }));
    gate.AwaitReached();
    TARN_EXPECT_OK(world_.kv->Delete(world_.repository.partition(),
                                     records::Key(kind->form.records.prefix, id)));
    gate.Open();
    while (!stopped) Pause();
    EXPECT_EQ(engine->Get(*kind, world_.repository, id).code(), Code::kNotFound);
  }
}

// Whatever the last thing is that a server does, its job ends, and only once.
TEST_F(JobEngineTest, AJobWhoseOwnerDiesAtAnyCallIsEndedOnce) {
  for (const JobKind* kind : kBothForms) {
    for (const bool applied : {false, true}) {
      bool died = true;
      for (int call = 0; died; ++call) {
        SCOPED_TRACE(std::string(kind->form.name) + " dies at call " + std::to_string(call) +
                     (applied ? ", which is applied" : ""));
        World world;
        died = StartAndDie(world, *kind, call, applied);
        CheckEndedOnce(world, *kind, died);
      }
    }
  }
}

TEST_F(JobEngineTest, ACancellationByAnotherServerStopsTheNextStep) {
  for (const JobKind* kind : kBothForms) {
    Server owner(world_), other(world_);
    for (const bool at_step : {false, true}) {
      Gate gate;
      bool went_on = false;
      const std::string id =
          Must(owner.engine->Start(*kind, world_.repository, [&](JobProgress& progress) -> Status {
            gate.Stop();
            TARN_TRY(at_step ? progress.StepDone() : progress.Intend("step"));
            went_on = true;
            return {};
          }));
      gate.AwaitReached();
      TARN_EXPECT_OK(other.engine->Cancel(*kind, world_.repository, id));
      gate.Open();
      EXPECT_EQ(Await(*owner.engine, *kind, id).error.text, "Canceled");
      owner.engine = std::make_unique<JobEngine>(*owner.context_, JobPools{owner.pool, owner.pool});
      EXPECT_FALSE(went_on);
      EXPECT_EQ(Must(other.engine->Get(*kind, world_.repository, id)).error.text, "Canceled");
    }
  }
}

TEST_F(JobEngineTest, ACancellationOutlivesTheHeartbeatThatWritesBesideIt) {
  Server owner(world_, {.heartbeat_ms = 1}), other(world_);
  for (int i = 0; i < 20; ++i) {
    const std::string id = Must(
        owner.engine->Start(kImportJob, world_.repository, [](JobProgress& progress) -> Status {
          while (!progress.stop()) ++progress.signals()->progress;
          return Status(Code::kCancelled);
        }));
    TARN_EXPECT_OK(other.engine->Cancel(kImportJob, world_.repository, id));
    EXPECT_EQ(Await(*owner.engine, kImportJob, id).error.text, "Canceled");
    TARN_EXPECT_OK(owner.engine->Recover());
    EXPECT_EQ(Must(other.engine->Get(kImportJob, world_.repository, id)).error.text, "Canceled");
  }
}

TEST_F(JobEngineTest, WhatIsDoneIsNotCancelled) {
  const auto engine = NewEngine();
  const std::string id =
      Must(engine->Start(kImportJob, world_.repository, [](JobProgress&) { return Status(); }));
  EXPECT_EQ(Await(*engine, kImportJob, id).state, JobState::kDone);
  TARN_EXPECT_ERROR(engine->Cancel(kImportJob, world_.repository, id), Code::kConflict,
                    "conflict found");
}

TEST_F(JobEngineTest, LostAnswersToHeartbeatsDoNotEndAJob) {
  for (const JobKind* kind : kBothForms) {
    Server owner(world_, {.heartbeat_ms = 1}), other(world_);
    Gate gate;
    const std::string id =
        Must(owner.engine->Start(*kind, world_.repository, [&](JobProgress& progress) -> Status {
          gate.Stop();
          return progress.Intend("step");
        }));
    gate.AwaitReached();
    owner.kv.lose_answers = true;
    for (int i = 0; i < 10; ++i) {
      for (const int before = owner.kv.lost; owner.kv.lost < before + 2;) Pause();
      world_.clock.monotonic_ms += kLeaseMs - 1;
      TARN_EXPECT_OK(other.engine->Recover());
    }
    owner.kv.lose_answers = false;
    gate.Open();
    EXPECT_EQ(Await(*other.engine, *kind, id).state, JobState::kDone);
  }
}

TEST_F(JobEngineTest, TwoServersThatRecoverAtOnceEndARecordOnce) {
  for (const JobKind* kind : kBothForms) {
    Server first(world_), second(world_);
    const std::string id = Leave(*kind, world_.clock.Now());
    TARN_EXPECT_OK(first.engine->Recover());
    TARN_EXPECT_OK(second.engine->Recover());
    world_.clock.monotonic_ms += kLeaseMs;
    bool met = false;
    first.kv.set_hook([&](Call call, std::string_view, std::string_view) {
      if (call == Call::kSetIf && !std::exchange(met, true)) {
        TARN_EXPECT_OK(second.engine->Recover());
      }
      return Status();
    });
    TARN_EXPECT_OK(first.engine->Recover());
    const JobRecord ended = Must(second.engine->Get(*kind, world_.repository, id));
    EXPECT_EQ(ended.error.text, kind->form.interrupted);
    TARN_EXPECT_OK(first.engine->Recover());
    EXPECT_EQ(Must(first.engine->Get(*kind, world_.repository, id)).updated, ended.updated);
    first.kv.set_hook({});
    TARN_EXPECT_OK(world_.kv->Delete(world_.repository.partition(),
                                     records::Key(kind->form.records.prefix, id)));
  }
}

TEST_F(JobEngineTest, AnOwnerThatShowsUpWhileItsJobIsEndedKeepsIt) {
  Server server(world_);
  const std::string id = Leave(kImportJob, world_.clock.Now());
  TARN_EXPECT_OK(server.engine->Recover());
  world_.clock.monotonic_ms += kLeaseMs;
  bool met = false;
  server.kv.set_hook([&](Call call, std::string_view, std::string_view) {
    if (call == Call::kSetIf && !std::exchange(met, true)) Beat(kImportJob, id);
    return Status();
  });
  TARN_EXPECT_OK(server.engine->Recover());
  EXPECT_TRUE(met);
  EXPECT_EQ(Must(server.engine->Get(kImportJob, world_.repository, id)).state, JobState::kRunning);
}

TEST_F(JobEngineTest, AnEndThatCannotBeWrittenIsWrittenLater) {
  for (const JobKind* kind : kBothForms) {
    std::atomic<bool> refuse = false;
    std::atomic<int> refused = 0;
    Server owner(world_, {.heartbeat_ms = 1});
    owner.kv.set_hook([&](Call call, std::string_view, std::string_view) {
      if (!refuse || call != Call::kSetIf) return Status();
      ++refused;
      return Status(Code::kIo, "no space");
    });
    const std::string id =
        Must(owner.engine->Start(*kind, world_.repository, [&](JobProgress&) -> Status {
          refuse = true;
          return {};
        }));
    while (refused < 3) Pause();
    TARN_EXPECT_OK(owner.engine->Recover());
    EXPECT_EQ(Must(owner.engine->Get(*kind, world_.repository, id)).state, JobState::kRunning);
    refuse = false;
    EXPECT_EQ(Await(*owner.engine, *kind, id).state, JobState::kDone);
  }
}

TEST_F(JobEngineTest, DumpAndRestore) {
  const auto engine = NewEngine();
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const std::string id = Must(engine->Start(kDumpRefsJob, world_.repository,
                                            DumpRefsTask(world_.context, world_.repository)));
  const JobRecord dumped = Await(*engine, kDumpRefsJob, id);
  ASSERT_EQ(dumped.error.text, "");
  const RefsDump dump = Must(DecodeDumpInfo(dumped.result.value_or("")));
  EXPECT_EQ(dump.commits, Must(DumpRefs(world_.context, world_.repository)).commits);
  const auto twin = Must(CreateRepository(
      world_.context,
      {.id = RepositoryId("twin"), .storage_namespace = world_.kNamespace, .bare = true}));
  world_.repository = twin;
  const std::string restore = Must(
      engine->Start(kRestoreRefsJob, twin, RestoreRefsTask(world_.context, twin, dump, false)));
  EXPECT_EQ(Await(*engine, kRestoreRefsJob, restore).error.text, "");
  EXPECT_EQ(world_.Read("main", "a").value(), "1");
}

}  // namespace
}  // namespace tarn::versioning
