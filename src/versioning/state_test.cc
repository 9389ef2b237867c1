// Tests of what verbs remember between calls.
#include "versioning/state.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <string>

#include "runtime/worker_pool.h"

namespace tarn::versioning {
namespace {

constexpr int kThreads = 2, kWaiting = 30;

/// Threads that all want a branch that the test holds: with lanes of their own, as the merges of
/// many pull requests have.
TEST(BranchLocksTest, WhoWaitsKeepsNoThreadFromOthers) {
  BranchLocks locks;
  std::latch arrived(kWaiting);
  std::atomic<int> at_once = 0, ended = 0;
  {
    runtime::WorkerPool pool({.name = "verbs", .threads = kThreads, .aside_max = kWaiting});
    {
      const BranchLocks::Hold hold(locks, "repo/busy");
      for (int i = 0; i < kWaiting; ++i) {
        ASSERT_TRUE(pool.Submit(std::to_string(i),
                                [&] {
                                  arrived.count_down();
                                  const BranchLocks::Hold own(locks, "repo/busy");
                                  EXPECT_EQ(++at_once, 1);
                                  --at_once;
                                  ++ended;
                                })
                        .ok());
      }
      std::promise<void> other;
      ASSERT_TRUE(pool.Submit("other",
                              [&] {
                                const BranchLocks::Hold own(locks, "repo/other");
                                other.set_value();
                              })
                      .ok());
      other.get_future().wait();
      arrived.wait();
      EXPECT_EQ(ended, 0);
    }
  }
  EXPECT_EQ(ended, kWaiting);
}

}  // namespace
}  // namespace tarn::versioning
