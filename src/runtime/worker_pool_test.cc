// Tests of lanes and of jobs that stand aside.
#include "runtime/worker_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "base/random.h"

namespace tarn::runtime {
namespace {

/// A door that jobs wait at.
class Gate {
 public:
  void Open() { opened_.set_value(); }
  void Wait() const { open_.wait(); }

 private:
  std::promise<void> opened_;
  const std::shared_future<void> open_ = opened_.get_future().share();
};

/// Runs a job to its end.
void RunOne(WorkerPool& pool, std::string_view lane) {
  std::promise<void> ran;
  ASSERT_TRUE(pool.Submit(lane, [&] { ran.set_value(); }).ok());
  ran.get_future().wait();
}

TEST(LaneTest, TakesOneThreadWhateverWaits) {
  Gate gate;
  std::vector<int> order;
  {
    WorkerPool pool({.name = "test", .threads = 2});
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(pool.Submit("crowded",
                              [&, i] {
                                gate.Wait();
                                order.push_back(i);
                              })
                      .ok());
    }
    for (int i = 0; i < 5; ++i) {
      RunOne(pool, "other");
      RunOne(pool, {});
    }
    gate.Open();
  }
  ASSERT_EQ(order.size(), 100u) << "what was queued is run before the end";
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(LaneTest, LanesTakeTurns) {
  std::promise<void> started;
  Gate gate;
  std::string order;
  {
    WorkerPool pool({.name = "test", .threads = 1});
    ASSERT_TRUE(pool.Submit([&] {
                      started.set_value();
                      gate.Wait();
                    })
                    .ok());
    started.get_future().wait();
    for (const char* lane : {"a", "a", "a", "b", "b"}) {
      ASSERT_TRUE(pool.Submit(lane, [&, lane] { order += lane; }).ok());
    }
    gate.Open();
  }
  EXPECT_EQ(order, "ababa");
}

TEST(LaneTest, HasAnEnd) {
  Gate gate;
  WorkerPool pool({.name = "test", .threads = 1, .queue_max = 5, .queue_per_lane_max = 2});
  const auto wait = [&] { gate.Wait(); };
  std::promise<void> started;
  ASSERT_TRUE(pool.Submit("a",
                          [&] {
                            started.set_value();
                            gate.Wait();
                          })
                  .ok());
  started.get_future().wait();
  EXPECT_TRUE(pool.Submit("a", wait).ok());
  EXPECT_TRUE(pool.Submit("a", wait).ok());
  const Status full = pool.Submit("a", wait);
  EXPECT_EQ(full.code(), Code::kSlowDown);
  EXPECT_EQ(full.message(), "too many requests are waiting (test)");
  EXPECT_TRUE(pool.Submit("b", wait).ok());
  EXPECT_TRUE(pool.Submit("c", wait).ok());
  EXPECT_TRUE(pool.Submit(wait).ok());
  EXPECT_EQ(pool.Submit("d", wait).code(), Code::kSlowDown) << "lanes count for the whole queue";
  gate.Open();
}

TEST(StandAsideTest, AJobMayWaitForAnother) {
  std::promise<void> done;
  WorkerPool pool({.name = "test", .threads = 1, .aside_max = 2});
  const auto outer = [&] {
    const StandAside aside(StandAside::Lane::kKeep);
    EXPECT_TRUE(aside.granted());
    const StandAside again(StandAside::Lane::kKeep);
    EXPECT_TRUE(again.granted());
    RunOne(pool, "b");
    RunOne(pool, {});
  };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.Submit("a", outer).ok());
  ASSERT_TRUE(pool.Submit("a", [&] { done.set_value(); }).ok());
  done.get_future().wait();
}

TEST(StandAsideTest, ALaneIsKeptOrLeft) {
  std::atomic<int> behind = 0;
  Gate gate;
  std::promise<void> kept;
  std::promise<void> left;
  WorkerPool pool({.name = "test", .threads = 2, .aside_max = 4});
  ASSERT_TRUE(pool.Submit("a",
                          [&] {
                            {
                              const StandAside aside(StandAside::Lane::kKeep);
                              kept.set_value();
                              gate.Wait();
                            }
                            EXPECT_EQ(behind, 0);
                            const StandAside aside(StandAside::Lane::kLeave);
                            left.get_future().wait();
                          })
                  .ok());
  kept.get_future().wait();
  ASSERT_TRUE(pool.Submit("a",
                          [&] {
                            ++behind;
                            left.set_value();
                          })
                  .ok());
  for (int i = 0; i < 10; ++i) RunOne(pool, "b");
  gate.Open();
  while (behind == 0) std::this_thread::yield();
}

TEST(StandAsideTest, IsRefusedOverTheLimit) {
  Gate gate;
  WorkerPool pool({.name = "test", .threads = 2, .aside_max = 1});
  std::promise<void> aside;
  ASSERT_TRUE(pool.Submit([&] {
                    const StandAside first(StandAside::Lane::kLeave);
                    EXPECT_TRUE(first.granted());
                    aside.set_value();
                    gate.Wait();
                  })
                  .ok());
  aside.get_future().wait();
  std::promise<void> refused;
  ASSERT_TRUE(pool.Submit([&] {
                    const StandAside second(StandAside::Lane::kLeave);
                    EXPECT_FALSE(second.granted());
                    refused.set_value();
                  })
                  .ok());
  refused.get_future().wait();
  gate.Open();
}

TEST(StandAsideTest, WhatWaitsStillRunsWhenThePoolEnds) {
  std::promise<void> ending, behind;
  auto pool = std::make_unique<WorkerPool>(
      WorkerPoolOptions{.name = "test", .threads = 1, .queue_max = 10, .aside_max = 1});
  const auto stand_aside = [&] {
    ending.get_future().wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const StandAside aside(StandAside::Lane::kKeep);
    behind.get_future().wait();
  };
  ASSERT_TRUE(pool->Submit("", stand_aside).ok());
  ASSERT_TRUE(pool->Submit("", [&] { behind.set_value(); }).ok());
  ending.set_value();
  pool.reset();
}

TEST(StandAsideTest, DoesNothingElsewhere) {
  const StandAside aside(StandAside::Lane::kLeave);
  EXPECT_TRUE(aside.granted());
}

/// What runs at the same time, and how much did at most.
class Meter {
 public:
  void Enter() {
    const int running = ++running_;
    int most = most_;
    while (running > most && !most_.compare_exchange_weak(most, running)) {
    }
  }
  void Leave() { --running_; }
  int most() const { return most_; }

 private:
  std::atomic<int> running_ = 0, most_ = 0;
};

TEST(StandAsideTest, CrowdsKeepTheLimits) {
  constexpr int kThreads = 3, kAside = 4, kLanes = 5, kJobs = 3000;
  Meter all, lanes[kLanes];
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.name = "test", .threads = kThreads, .queue_max = kJobs, .aside_max = kAside});
    const auto random = SeededRandom(1);
    for (int i = 0; i < kJobs; ++i) {
      const int lane = static_cast<int>(random->Next64() % (kLanes + 1));
      const bool waits = random->Next64() % 4 == 0;
      ASSERT_TRUE(pool.Submit(lane == kLanes ? "" : std::string(1, static_cast<char>('a' + lane)),
                              [&, lane, waits] {
                                all.Enter();
                                if (lane < kLanes) lanes[lane].Enter();
                                if (waits) {
                                  const StandAside aside(StandAside::Lane::kKeep);
                                  std::this_thread::yield();
                                }
                                if (lane < kLanes) lanes[lane].Leave();
                                all.Leave();
                                ++ran;
                              })
                      .ok());
    }
  }
  EXPECT_EQ(ran, kJobs);
  EXPECT_LE(all.most(), kThreads + kAside);
  for (const Meter& lane : lanes) EXPECT_EQ(lane.most(), 1);
}

}  // namespace
}  // namespace tarn::runtime
