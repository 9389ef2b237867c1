#include "versioning/tasks/tasks.h"

#include <chrono>
#include <future>
#include <thread>

#include "versioning/repository/refs_dump.h"
#include "versioning/tasks/task_record.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

class TasksTest : public ::testing::Test {
 protected:
  std::unique_ptr<TaskRunner> NewRunner() {
    return std::make_unique<TaskRunner>(world_.context, jobs_, TaskRunnerOptions{});
  }
  TaskStatus Await(TaskRunner& runner, TaskKind kind, const std::string& id) {
    for (int i = 0; i < 5000; ++i) {
      TaskStatus status = Must(runner.GetStatus(world_.repository, kind, id));
      if (status.done) return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "task does not end";
    return {};
  }

  World world_;
  runtime::BackgroundPool jobs_{{.name = "tasks", .threads = 2, .running_per_owner_max = 2}};
};

TEST_F(TasksTest, RecordTellsTheProgress) {
  const auto runner = NewRunner();
  std::promise<void> go_on;
  std::promise<void> at_step;
  const std::string id = Must(
      runner->Submit(world_.repository, TaskKind::kDumpRefs, [&](TaskProgress& progress) -> Status {
        progress.SetInfo("half");
        TARN_TRY(progress.StepDone());
        at_step.set_value();
        go_on.get_future().wait();
        progress.SetInfo("whole");
        return {};
      }));
  EXPECT_TRUE(id.starts_with("DR"));
  EXPECT_EQ(id.size(), 22u);
  at_step.get_future().wait();
  const TaskStatus half = Must(runner->GetStatus(world_.repository, TaskKind::kDumpRefs, id));
  EXPECT_FALSE(half.done);
  EXPECT_EQ(half.info, "half");
  TARN_EXPECT_OK(runner->Recover());  // Its own tasks are alive.
  go_on.set_value();
  const TaskStatus whole = Await(*runner, TaskKind::kDumpRefs, id);
  EXPECT_EQ(whole.info, "whole");
  EXPECT_EQ(whole.error, "");
  EXPECT_GT(whole.updated.seconds, half.updated.seconds);
}

TEST_F(TasksTest, FailureIsToldAsTheProtocolWants) {
  TaskRunner runner(world_.context, jobs_,
                    {.describe = [](const Status& failure, TaskStatus* task) {
                      task->error = "described: " + std::string(failure.message());
                      task->status_code = 410;
                    }});
  const std::string id =
      Must(runner.Submit(world_.repository, TaskKind::kRestoreRefs,
                         [](TaskProgress&) { return Status(Code::kDataNotFound, "gone"); }));
  const TaskStatus status = Await(runner, TaskKind::kRestoreRefs, id);
  EXPECT_EQ(status.error, "described: gone");
  EXPECT_EQ(status.status_code, 410);
}

TEST_F(TasksTest, IdsOfOtherKindsAreUnknown) {
  const auto runner = NewRunner();
  const std::string id = Must(runner->Submit(world_.repository, TaskKind::kDumpRefs,
                                             [](TaskProgress&) { return Status(); }));
  Await(*runner, TaskKind::kDumpRefs, id);
  for (const std::string& other :
       {id, std::string("RRunknown"), std::string("RR") + id.substr(2)}) {
    TARN_EXPECT_ERROR(runner->GetStatus(world_.repository, TaskKind::kRestoreRefs, other),
                      Code::kNotFound, "not found");
  }
}

TEST_F(TasksTest, StoppingTheServerEndsItsTasks) {
  auto runner = NewRunner();
  std::promise<void> started;
  const std::string id = Must(
      runner->Submit(world_.repository, TaskKind::kDumpRefs, [&](TaskProgress& progress) -> Status {
        started.set_value();
        while (!progress.stop()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return Status(Code::kCancelled);
      }));
  started.get_future().wait();
  runner.reset();
  runner = NewRunner();
  const TaskStatus status = Must(runner->GetStatus(world_.repository, TaskKind::kDumpRefs, id));
  EXPECT_TRUE(status.done);
  EXPECT_EQ(status.error, "Task owner instance no longer available. Please retry.");
  EXPECT_EQ(status.status_code, 408);
}

TEST_F(TasksTest, TasksOfADeadServerAreEndedAndForgottenAfterADay) {
  const auto runner = NewRunner();
  const std::string id = "DR01234567890123456789";
  const TaskStatus left = {.id = id, .updated = world_.clock.Now(), .owner = "somebody"};
  TARN_EXPECT_OK(
      world_.kv->Set(world_.repository.partition(), "tasks/" + id, EncodeTask(left, "dump_refs")));
  TARN_EXPECT_OK(runner->Recover());
  const TaskStatus status = Must(runner->GetStatus(world_.repository, TaskKind::kDumpRefs, id));
  EXPECT_TRUE(status.done);
  EXPECT_EQ(status.status_code, 408);
  world_.clock.seconds += 24 * 3600 + 100;
  TARN_EXPECT_OK(runner->Recover());
  EXPECT_EQ(runner->GetStatus(world_.repository, TaskKind::kDumpRefs, id).code(), Code::kNotFound);
}

TEST_F(TasksTest, ServersThatShareAStoreGoByTheHeartbeat) {
  TaskRunner runner(world_.context, jobs_, {.lease_ms = 1000});
  const std::string id = "DR01234567890123456789";
  const TaskStatus left = {.id = id, .updated = world_.clock.Now(), .owner = "somebody"};
  TARN_EXPECT_OK(
      world_.kv->Set(world_.repository.partition(), "tasks/" + id, EncodeTask(left, "dump_refs")));
  TARN_EXPECT_OK(
      world_.kv->Set("catalog", "instances/somebody", EncodeHeartbeat(world_.clock.Now())));
  const auto done = [&] {
    TARN_EXPECT_OK(runner.Recover());
    return Must(runner.GetStatus(world_.repository, TaskKind::kDumpRefs, id)).done;
  };
  EXPECT_FALSE(done());
  world_.clock.monotonic_ms += 900;
  EXPECT_FALSE(done());
  TARN_EXPECT_OK(
      world_.kv->Set("catalog", "instances/somebody", EncodeHeartbeat(world_.clock.Now())));
  EXPECT_FALSE(done());
  world_.clock.monotonic_ms += 1100;
  EXPECT_TRUE(done());
}

TEST_F(TasksTest, ATaskOfADeletedRepositoryLeavesNoRecord) {
  const auto runner = NewRunner();
  std::promise<void> deleted;
  const std::string id = Must(
      runner->Submit(world_.repository, TaskKind::kDumpRefs, [&](TaskProgress& progress) -> Status {
        deleted.get_future().wait();
        IgnoreError(progress.StepDone(), "the record is gone");
        EXPECT_TRUE(progress.stop());
        return Status(Code::kCancelled);
      }));
  TARN_EXPECT_OK(world_.kv->Delete(world_.repository.partition(), "tasks/" + id));
  deleted.set_value();
  EXPECT_EQ(runner->GetStatus(world_.repository, TaskKind::kDumpRefs, id).code(), Code::kNotFound);
}

TEST_F(TasksTest, DumpAndRestore) {
  const auto runner = NewRunner();
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(world_.CommitAll("main"));
  const std::string id = Must(runner->Submit(world_.repository, TaskKind::kDumpRefs,
                                             DumpRefsTask(world_.context, world_.repository)));
  const TaskStatus dumped = Await(*runner, TaskKind::kDumpRefs, id);
  ASSERT_EQ(dumped.error, "");
  const RefsDump dump = Must(DecodeDumpInfo(dumped.info.value_or("")));
  EXPECT_EQ(dump.commits, Must(DumpRefs(world_.context, world_.repository)).commits);
  const auto twin = Must(CreateRepository(
      world_.context,
      {.id = RepositoryId("twin"), .storage_namespace = world_.kNamespace, .bare = true}));
  world_.repository = twin;
  const std::string restore = Must(runner->Submit(
      twin, TaskKind::kRestoreRefs, RestoreRefsTask(world_.context, twin, dump, false)));
  EXPECT_EQ(Await(*runner, TaskKind::kRestoreRefs, restore).error, "");
  EXPECT_EQ(world_.Read("main", "a").value(), "1");
}

}  // namespace
}  // namespace tarn::versioning
