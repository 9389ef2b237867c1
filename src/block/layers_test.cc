// What each layer adds to a store; that stores keep their contract below layers is
// block_store_test.cc's.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/blocking.h"
#include "block/layers/limited_store.h"
#include "block/layers/presigning_store.h"
#include "block/mem/mem_store.h"

namespace tarn::block {
namespace {

constexpr std::string_view kNamespace = "mem://b/r";

ObjectPointer At(std::string_view address) { return {kNamespace, address}; }

/// Notes how many calls are below the limit at once.
struct Watch {
  template <class Function>
  auto Call(Operation operation, Function&& function) -> decltype(function()) {
    if (operation != Operation::kPut) return function();
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    SleepForUs(500);
    --running;
    return function();
  }
  std::atomic<int> running = 0, most = 0;
};

TEST(LimitedStore, BoundsCallsOfOneKind) {
  constexpr int kMax = 2;
  Watch watch;
  OperationLimits limits = {};
  limits[static_cast<size_t>(Operation::kPut)] = kMax;
  LimitedStore store(
      std::make_unique<InterceptedStore<Watch>>(std::make_unique<MemStore>(SystemClock()), watch),
      limits);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string name = std::to_string(t) + "-" + std::to_string(i);
        EXPECT_TRUE(PutObject(store, At(name), name).ok());
        EXPECT_EQ(GetObject(store, At(name), 100).value(), name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(watch.most, kMax);
  EXPECT_EQ(watch.running, 0);
}

TEST(LimitedStore, NeverWaitsWhereItMustNot) {
  OperationLimits limits = {};
  limits[static_cast<size_t>(Operation::kGet)] = 1;
  OperationLimiter limiter(limits);
  const Status outer = limiter.Call(Operation::kGet, [&] {
    const NoBlockingScope scope;
    EXPECT_EQ(limiter.Call(Operation::kGet, [] { return Status(); }).code(), Code::kWouldBlock);
    return limiter.Call(Operation::kPut, [] { return Status(); });
  });
  EXPECT_TRUE(outer.ok());
  EXPECT_TRUE(limiter.Call(Operation::kGet, [] { return Status(); }).ok());
}

TEST(PresigningStore, MakesUrlsAsItIsTold) {
  PresigningStore store(std::make_unique<MemStore>(SystemClock()),
                        [](const PresignRequest& request) -> Result<PresignedUrl> {
                          return PresignedUrl{std::string(request.object.address), 7};
                        });
  EXPECT_TRUE(store.info().presign_support);
  EXPECT_TRUE(store.info().presign_multipart_support);
  EXPECT_FALSE(store.info().presign_ui_support);
  EXPECT_EQ(store.info().type, "mem");
  EXPECT_EQ(store.Presign({.object = At("x")}).value().url, "x");
}

}  // namespace
}  // namespace tarn::block
