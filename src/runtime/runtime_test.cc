// Tests of the worker pool and of the io loop with its coroutines.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>

#include "runtime/background_pool.h"
#include "runtime/io_loop.h"
#include "runtime/task.h"
#include "runtime/worker_pool.h"

namespace tarn::runtime {
namespace {

TEST(WorkerPoolTest, RunsEverythingBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.name = "test", .threads = 3});
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.Submit([&] { ++ran; }).ok());
  }
  EXPECT_EQ(ran, 500);
}

TEST(WorkerPoolTest, RefusesOverItsQueue) {
  std::promise<void> go;
  std::promise<void> started;
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.name = "test", .threads = 1, .queue_max = 2});
    ASSERT_TRUE(pool.Submit([&] {
                      started.set_value();
                      go.get_future().wait();
                    })
                    .ok());
    started.get_future().wait();
    EXPECT_TRUE(pool.Submit([&] { ++ran; }).ok());
    EXPECT_TRUE(pool.Submit([&] { ++ran; }).ok());
    EXPECT_EQ(pool.Submit([&] { ++ran; }).code(), Code::kSlowDown);
    go.set_value();
  }
  EXPECT_EQ(ran, 2);
}

TEST(BackgroundPoolTest, OneOwnerNeverTakesAllThreads) {
  std::promise<void> go;
  const std::shared_future<void> gate = go.get_future().share();
  std::atomic<int> stuck = 0;
  std::atomic<int> ended = 0;
  {
    BackgroundPool pool({.name = "test", .threads = 3, .running_per_owner_max = 2});
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(pool.Submit("busy",
                              [&] {
                                ++stuck;
                                gate.wait();
                                ++ended;
                              })
                      .ok());
    }
    for (int i = 0; i < 5; ++i) {
      std::promise<void> ran;
      ASSERT_TRUE(pool.Submit("other", [&] { ran.set_value(); }).ok());
      ran.get_future().wait();
    }
    EXPECT_LE(stuck, 2);
    go.set_value();
  }
  EXPECT_EQ(ended, 20) << "what was queued is run before the end";
}

TEST(BackgroundPoolTest, RefusesOverItsQueues) {
  std::promise<void> go;
  const std::shared_future<void> gate = go.get_future().share();
  const auto wait = [&] { gate.wait(); };
  BackgroundPool pool({.name = "test",
                       .threads = 2,
                       .running_per_owner_max = 1,
                       .queue_max = 3,
                       .queue_per_owner_max = 2});
  std::promise<void> started;
  ASSERT_TRUE(pool.Submit("a",
                          [&] {
                            started.set_value();
                            gate.wait();
                          })
                  .ok());
  started.get_future().wait();
  EXPECT_TRUE(pool.Submit("a", wait).ok());
  EXPECT_TRUE(pool.Submit("a", wait).ok());
  const Status full = pool.Submit("a", wait);
  EXPECT_EQ(full.code(), Code::kSlowDown);
  EXPECT_EQ(full.message(), "too many jobs are waiting (test)");
  std::promise<void> other;
  EXPECT_TRUE(pool.Submit("b",
                          [&] {
                            other.set_value();
                            gate.wait();
                          })
                  .ok());
  other.get_future().wait();
  EXPECT_TRUE(pool.Submit("c", wait).ok());
  EXPECT_EQ(pool.Submit("c", wait).code(), Code::kSlowDown) << "the queue of all is full";
  go.set_value();
}

TEST(BackgroundPoolTest, RefusesOverTheBytesOfItsQueue) {
  std::promise<void> go;
  const std::shared_future<void> gate = go.get_future().share();
  std::promise<void> started;
  BackgroundPool pool(
      {.name = "test", .threads = 1, .running_per_owner_max = 1, .queue_bytes_max = 100});
  const auto wait = [&] { gate.wait(); };
  ASSERT_TRUE(pool.Submit(
                      "a",
                      [&] {
                        started.set_value();
                        gate.wait();
                      },
                      50)
                  .ok());
  started.get_future().wait();
  EXPECT_TRUE(pool.Submit("a", wait, 20).ok());
  EXPECT_TRUE(pool.Submit("a", wait, 30).ok()) << "a running job is none that waits";
  const Status full = pool.Submit("a", wait, 1);
  EXPECT_EQ(full.code(), Code::kSlowDown);
  EXPECT_EQ(full.message(), "too large jobs are waiting (test)");
  EXPECT_TRUE(pool.Submit("a", wait).ok());
  EXPECT_TRUE(pool.Submit("b", wait, 40).ok());
  EXPECT_EQ(pool.Submit("c", wait, 11).code(), Code::kSlowDown) << "the queue of all is full";
  EXPECT_TRUE(pool.Submit("c", wait, 10).ok());
  go.set_value();
}

TEST(BackgroundPoolTest, OneLargeJobOfAnOwnerMayWait) {
  std::promise<void> started, go;
  const std::shared_future<void> gate = go.get_future().share();
  BackgroundPool pool(
      {.name = "test", .threads = 1, .running_per_owner_max = 1, .queue_bytes_max = 100});
  const auto block = [&] {
    started.set_value();
    gate.wait();
  };
  const auto nothing = [] {};
  ASSERT_TRUE(pool.Submit("a", block).ok());
  started.get_future().wait();
  EXPECT_TRUE(pool.Submit("b", nothing, 60).ok());
  EXPECT_EQ(pool.Submit("b", nothing, 1).code(), Code::kSlowDown);
  EXPECT_EQ(pool.Submit("c", nothing, 101).code(), Code::kSlowDown);
  go.set_value();
}

Task<int> Immediate(int value) { co_return value; }

Task<int> Sum(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await Immediate(1);
  co_return sum;
}

Task<> Slept(IoLoop& loop) {
  co_await loop.Sleep(2);
  co_await loop.Yield();
}

Detached RunAll(IoLoop& loop, WorkerPool& pool, std::promise<int>& done) {
  int sum = co_await Sum(200'000);  // Would overflow the stack if each await nested.
  co_await Slept(loop);
  const bool on_loop_before = loop.InThread();
  bool in_pool = false;
  auto job = [&] { in_pool = !loop.InThread(); };
  const Status status = co_await Offload(pool, loop, job);
  if (!status.ok() || !in_pool || !on_loop_before || !loop.InThread()) sum = -1;
  done.set_value(sum);
}

TEST(IoLoopTest, CoroutinesGoToPoolsAndBack) {
  WorkerPool pool({.name = "test", .threads = 1});
  IoLoop loop("loop");
  loop.Start();
  std::promise<int> done;
  loop.Post([&] { RunAll(loop, pool, done); });
  EXPECT_EQ(done.get_future().get(), 200'000);
  loop.Stop();
}

Detached OffloadOnce(IoLoop& loop, WorkerPool& pool, std::promise<Code>& done) {
  auto job = [] {};
  const Status status = co_await Offload(pool, loop, job);
  done.set_value(status.code());
}

TEST(IoLoopTest, OffloadTellsThatThePoolIsFull) {
  WorkerPool pool({.name = "test", .threads = 1, .queue_max = 0});
  IoLoop loop("loop");
  loop.Start();
  std::promise<Code> done;
  loop.Post([&] { OffloadOnce(loop, pool, done); });
  EXPECT_EQ(done.get_future().get(), Code::kSlowDown);
  loop.Stop();
}

Detached WaitFor(Watch& watch, Watch::For what, std::promise<bool>& done) {
  const bool ready = co_await watch.Until(what);
  done.set_value(ready);
}

TEST(IoLoopTest, WatchesReadinessAndCancels) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  IoLoop loop("loop");
  loop.Start();
  std::unique_ptr<Watch> watch;
  std::promise<bool> readable, cancelled, writable, gone;
  loop.Post([&] {
    watch = std::make_unique<Watch>(loop, ends[0]);
    WaitFor(*watch, Watch::For::kRead, cancelled);
  });
  loop.Post([&] { watch->Cancel(); });
  EXPECT_FALSE(cancelled.get_future().get());
  loop.Post([&] { WaitFor(*watch, Watch::For::kRead, readable); });
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  EXPECT_TRUE(readable.get_future().get());
  char byte;
  ASSERT_EQ(read(ends[0], &byte, 1), 1);
  loop.Post([&] { WaitFor(*watch, Watch::For::kWrite, writable); });
  EXPECT_TRUE(writable.get_future().get());
  loop.Post([&] {
    watch.reset();
    gone.set_value(true);
  });
  gone.get_future().get();
  EXPECT_EQ(read(ends[1], &byte, 1), 0);  // The watch closed its end.
  close(ends[1]);
  loop.Stop();
}

TEST(IoLoopTest, TicksUntilStopped) {
  IoLoop loop("loop");
  std::atomic<int> ticks = 0;
  std::promise<void> enough;
  loop.Every(1, [&] {
    if (++ticks == 3) enough.set_value();
  });
  loop.Start();
  enough.get_future().wait();
  loop.Stop();
  const int at_stop = ticks;
  EXPECT_GE(at_stop, 3);
}

TEST(IoLoopTest, StopsWhenATickIsDue) {
  for (int i = 0; i < 300; ++i) {
    IoLoop loop("loop");
    std::promise<void> ticked;
    int ticks = 0;
    loop.Every(1, [&] {
      if (++ticks == 1) ticked.set_value();
    });
    loop.Start();
    ticked.get_future().wait();
    // Around the moment of the next tick.
    const auto stop_at = std::chrono::steady_clock::now() + std::chrono::microseconds(900 + i);
    while (std::chrono::steady_clock::now() < stop_at) {
    }
    loop.Stop();
  }
}

}  // namespace
}  // namespace tarn::runtime
