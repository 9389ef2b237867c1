#include "base/renewed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace tarn {
namespace {

struct Pass {
  std::string id;
  std::optional<int64_t> expires_seconds;
};

class SetClock : public Clock {
 public:
  Timestamp Now() override { return {seconds, 0}; }
  int64_t MonotonicMs() override { return seconds * 1000; }
  std::atomic<int64_t> seconds = 1000;
};

/// Gives a new key each time, valid for a while.
class Issuer : public RenewalSource<Pass> {
 public:
  Result<std::optional<Pass>> Fetch() override {
    EXPECT_EQ(running.fetch_add(1), 0) << "one at a time";
    ++count;
    while (held) std::this_thread::yield();
    --running;
    if (fails) return Status(Code::kIo, "the issuer is away");
    if (none) return std::optional<Pass>();
    return std::optional(Pass{"key" + std::to_string(count), clock->seconds + 3600});
  }
  SetClock* clock = nullptr;
  std::atomic<int> count = 0, running = 0;
  std::atomic<bool> held = false, fails = false, none = false;
};

class RenewedTest : public testing::Test {
 protected:
  RenewedTest() {
    auto issuer = std::make_unique<Issuer>();
    issuer_ = issuer.get();
    issuer_->clock = &clock_;
    cache_ = std::make_unique<Renewed<Pass>>(std::move(issuer), clock_, 300);
  }
  std::string Key() {
    const auto got = cache_->Get();
    return got.ok() ? (*got)->id : got.status().ToString();
  }
  SetClock clock_;
  Issuer* issuer_;
  std::unique_ptr<Renewed<Pass>> cache_;
};

TEST_F(RenewedTest, RenewsBeforeTheEnd) {
  EXPECT_EQ(Key(), "key1");
  clock_.seconds += 3299;
  EXPECT_EQ(Key(), "key1");
  clock_.seconds += 1;
  EXPECT_EQ(Key(), "key2");
}

TEST_F(RenewedTest, OneRenewsWhileOthersGoOn) {
  EXPECT_EQ(Key(), "key1");
  clock_.seconds += 3400;
  issuer_->held = true;
  std::thread renewing([&] { EXPECT_EQ(Key(), "key2"); });
  while (issuer_->running == 0) std::this_thread::yield();
  EXPECT_EQ(Key(), "key1");
  issuer_->held = false;
  renewing.join();
  EXPECT_EQ(Key(), "key2");
  EXPECT_EQ(issuer_->count, 2);
}

TEST_F(RenewedTest, ManyWhoHaveNoneWaitForOne) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(Key(), "key1"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(issuer_->count, 1);
}

TEST_F(RenewedTest, FailuresMatterOnlyAtTheEnd) {
  EXPECT_EQ(Key(), "key1");
  issuer_->fails = true;
  clock_.seconds += 3400;
  EXPECT_EQ(Key(), "key1");
  EXPECT_EQ(Key(), "key1");
  EXPECT_EQ(issuer_->count, 2) << "not with each request";
  clock_.seconds += 200;
  EXPECT_EQ(Key(), "io: the issuer is away");
  issuer_->fails = false;
  EXPECT_EQ(Key(), "key4");
}

TEST_F(RenewedTest, RefusedKeysAreReplaced) {
  const auto first = cache_->Get();
  ASSERT_TRUE(first.ok());
  cache_->Drop(*first);
  EXPECT_EQ(Key(), "key2");
  cache_->Drop(*first);
  EXPECT_EQ(Key(), "key2");
}

TEST_F(RenewedTest, NoSourceIsSaid) {
  issuer_->none = true;
  EXPECT_EQ(cache_->Get().code(), Code::kUnauthenticated);
}

}  // namespace
}  // namespace tarn
