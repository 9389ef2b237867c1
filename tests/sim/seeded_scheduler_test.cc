#include "seeded_scheduler.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/sync.h"

namespace tarn::sim {
namespace {

/// Three threads that say when they have their turn.
std::string OrderOf(uint64_t seed) {
  std::string order;
  SeededScheduler scheduler(seed);
  scheduler.Run([&] {
    std::vector<Thread> threads;
    for (const char name : {'a', 'b', 'c'}) {
      threads.emplace_back("thread", [&scheduler, &order, name] {
        for (int i = 0; i < 5; ++i) {
          order += name;
          scheduler.Yield();
        }
      });
    }
  });
  return order;
}

TEST(SeededScheduler, TheSeedDecidesTheOrder) {
  EXPECT_EQ(OrderOf(1), OrderOf(1));
  EXPECT_EQ(OrderOf(2), OrderOf(2));
  EXPECT_NE(OrderOf(1), OrderOf(2));
  EXPECT_EQ(OrderOf(3).size(), 15u);
}

TEST(SeededScheduler, OneThreadHoldsAMutex) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SeededScheduler scheduler(seed);
    Mutex mutex;
    int inside = 0, rounds = 0;
    scheduler.Run([&] {
      std::vector<Thread> threads;
      for (int t = 0; t < 3; ++t) {
        threads.emplace_back("thread", [&] {
          for (int i = 0; i < 10; ++i) {
            const MutexLock lock(mutex);
            EXPECT_EQ(++inside, 1);
            scheduler.Yield();
            --inside;
            ++rounds;
          }
        });
      }
    });
    EXPECT_EQ(rounds, 30);
  }
}

TEST(SeededScheduler, WaitsEndByNotificationOrInTheirTime) {
  SeededScheduler scheduler(1);
  Mutex mutex;
  CondVar changed;
  bool ready = false;
  scheduler.Run([&] {
    Thread setter("setter", [&] {
      SleepForUs(5'000'000);
      const MutexLock lock(mutex);
      ready = true;
      changed.NotifyAll();
    });
    MutexLock lock(mutex);
    EXPECT_FALSE(changed.WaitFor(lock, 1000));
    EXPECT_EQ(scheduler.NowMs(), 1000);
    while (!ready) changed.Wait(lock);
    EXPECT_EQ(scheduler.NowMs(), 5000) << "time stands still while a thread can run";
  });
}

TEST(SeededSchedulerDeathTest, SaysWhenAllWaitForEver) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        SeededScheduler scheduler(1);
        scheduler.Run([] {
          Mutex mutex;
          CondVar never;
          MutexLock lock(mutex);
          never.Wait(lock);
        });
      },
      "all threads wait for ever");
}

}  // namespace
}  // namespace tarn::sim
