#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/blocking.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "base/xid.h"

namespace tarn {
namespace {

class FixedClock : public Clock {
 public:
  explicit FixedClock(int64_t seconds) : now_{seconds, 0} {}
  Timestamp Now() override { return now_; }
  int64_t MonotonicMs() override { return now_.seconds * 1000; }
  Timestamp now_;
};

Result<int> Half(int n) {
  if (n % 2 != 0) return Status(Code::kInvalidValue, "odd");
  return n / 2;
}

Result<int> Quarter(int n) {
  TARN_TRY_ASSIGN(const int half, Half(n));
  TARN_TRY_ASSIGN(const int quarter, Half(half));
  return quarter;
}

Status CheckQuarter(int n) {
  TARN_TRY(Quarter(n));
  return {};
}

TEST(Result, MacrosPassErrorsOn) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).code(), Code::kInvalidValue);
  EXPECT_TRUE(CheckQuarter(8).ok());
  EXPECT_EQ(CheckQuarter(5).message(), "odd");
}

TEST(Result, PrefixAndSuffixWrapTheMessage) {
  const Status status =
      Status(Code::kConflict, "conflict found").Prefixed("update branch: ").Suffixed("!");
  EXPECT_EQ(status.message(), "update branch: conflict found!");
  EXPECT_EQ(status.code(), Code::kConflict);
  EXPECT_EQ(status.ToString(), "conflict: update branch: conflict found!");
  EXPECT_TRUE(Status().Prefixed("x").ok());
  EXPECT_EQ(Status().Prefixed("x").message(), "");
}

TEST(Status, SaysWhetherARetryCanHelp) {
  EXPECT_EQ(Status().retry(), Retry::kNever);
  EXPECT_EQ(Status(Code::kSlowDown).retry(), Retry::kLater);
  EXPECT_EQ(Status(Code::kPredicateFailed, "x").retry(), Retry::kConflict);
  EXPECT_EQ(Status(Code::kIo, "gone").retry(), Retry::kNever);
  const Status busy = Status(Code::kIo, "busy").WithRetry(Retry::kLater);
  const Status copy = Status(busy).Prefixed("open: ");
  EXPECT_EQ(copy.retry(), Retry::kLater);
  EXPECT_EQ(Result<int>(copy).retry(), Retry::kLater);
  EXPECT_EQ(Result<int>(1).retry(), Retry::kNever);
  EXPECT_EQ(Status().WithRetry(Retry::kLater).retry(), Retry::kNever);
}

TEST(Status, ContextIsForTheLogOnly) {
  const Status status = Status(Code::kIo, "no answer")
                            .With("operation", "open")
                            .With("object", "b/k")
                            .With("operation", "an outer one");
  EXPECT_EQ(status.message(), "no answer");
  EXPECT_EQ(status.ToString(), "io: no answer (operation=open object=b/k)");
  EXPECT_EQ(Status(status).Context("operation"), "open");
  EXPECT_EQ(status.Context("other"), "");
  EXPECT_EQ(Status(Code::kCancelled).With("a", "b").ToString(), "cancelled (a=b)");
  EXPECT_EQ(Status().With("a", "b").Context("a"), "");
}

TEST(Result, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i < kCodeCount; ++i) names.insert(CodeName(static_cast<Code>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kCodeCount));
  EXPECT_EQ(CodeName(Code::kInternal), "internal");
  EXPECT_EQ(CodeName(Code::kDataNotFound), "data not found");
}

TEST(Clock, FormatsRfc3339) {
  EXPECT_EQ(FormatRfc3339({0, 0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339({1606834800, 120000000}), "2020-12-01T15:00:00.12Z");
  EXPECT_EQ(FormatRfc3339({-62135596800, 0}), "0001-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339({1, 1}), "1970-01-01T00:00:01.000000001Z");
}

TEST(Random, SeedsReproduceAndUuidsHaveTheirForm) {
  auto a = SeededRandom(7), b = SeededRandom(7);
  const std::string uuid = NewUuid(*a);
  EXPECT_EQ(uuid, NewUuid(*b));
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
  EXPECT_NE(NewUuid(SystemRandom()), NewUuid(SystemRandom()));
  EXPECT_EQ(NewNanoId(SystemRandom(), 20).size(), 20u);
}

TEST(Xid, SortsByTimeAndTellsIt) {
  FixedClock clock(1'600'000'000);
  auto random = SeededRandom(1);
  XidGenerator xids(clock, *random);
  const std::string first = xids.New(), second = xids.New();
  EXPECT_EQ(first.size(), 20u);
  EXPECT_NE(first, second);
  EXPECT_EQ(XidSeconds(first), 1'600'000'000u);
  clock.now_.seconds += 1;
  EXPECT_LT(first, xids.New());
  const std::string newer_partition = xids.NewDescending(kPartitionEpoch);
  clock.now_.seconds += 1;
  EXPECT_GT(newer_partition, xids.NewDescending(kPartitionEpoch));
}

TEST(Xid, RefusesWhatNoEncoderWrites) {
  EXPECT_FALSE(XidSeconds("").has_value());
  EXPECT_FALSE(XidSeconds("9m4e2mr0ui3e8a215n4").has_value());
  EXPECT_FALSE(XidSeconds("9m4e2mr0ui3e8a215n4z").has_value());
  EXPECT_FALSE(XidSeconds("9M4E2MR0UI3E8A215N4G").has_value());
  EXPECT_FALSE(XidSeconds("9m4e2mr0ui3e8a215n41").has_value()) << "stray low bits";
  EXPECT_EQ(XidSeconds("9m4e2mr0ui3e8a215n4g"), 1300816219u) << "vector of the xid format";
}

TEST(Xid, IsUniqueAcrossThreads) {
  FixedClock clock(1);
  XidGenerator xids(clock, SystemRandom());
  std::vector<std::vector<std::string>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) mine.push_back(xids.New());
      });
    }
  }
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000u);
}

TEST(Blocking, ScopesNestPerThread) {
  EXPECT_TRUE(MayBlock());
  {
    NoBlockingScope outer;
    EXPECT_EQ(RequireBlocking().code(), Code::kWouldBlock);
    { NoBlockingScope inner; }
    EXPECT_FALSE(MayBlock());
    std::jthread([] { EXPECT_TRUE(MayBlock()); });
  }
  EXPECT_TRUE(RequireBlocking().ok());
}

TEST(Ids, CompareAsUnsignedBytes) {
  EXPECT_LT(BranchId("a"), BranchId("b"));
  EXPECT_LT(BranchId("a"), BranchId("\xff"));
  EXPECT_EQ(CommitId(std::string_view("x")), CommitId("x"));
}

}  // namespace
}  // namespace tarn
