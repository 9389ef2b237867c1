#include "versioning/branch/branch_ownership.h"

#include "kv/testing/hooked_store.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

constexpr const char* kPartition = "mc-ownership";
constexpr const char* kKey = "run-refs/approximate-branch-owner/4:repo/main";

class FixedClock : public Clock {
 public:
  Timestamp Now() override { return {seconds, 999'000'000}; }
  int64_t MonotonicMs() override { return 0; }
  std::atomic<int64_t> seconds = 1'700'000'000;
};

/// A server of its own on the records of a world, with a name for its hold on a branch.
struct Server {
  explicit Server(World& world, int64_t refresh_ms = 5000)
      : kv(*world.kv),
        context{kv,      world.refs,    world.staging, world.committed, world.objects,
                nullptr, world.workers, clock,         *world.random,   world.xids,
                {}} {
    context.settings.branch_ownership = {
        .enabled = true, .acquire_ms = 1, .refresh_ms = refresh_ms};
  }
  FixedClock clock;
  kv::HookedStore kv;
  Context context;
};

class BranchOwnershipTest : public ::testing::Test {
 protected:
  std::optional<std::string> Record() { return Must(world_.kv->Get(kPartition, kKey)); }
  World world_;
  const BranchId main_{"main"};
};

TEST_F(BranchOwnershipTest, ARecordTellsAndGoes) {
  ASSERT_EQ(world_.repository.id.str(), "repo");
  Server server(world_);
  {
    const OwnedBranch owned(server.context, world_.repository, main_);
    EXPECT_TRUE(owned.owned());
    EXPECT_TRUE(Record().has_value());
  }
  EXPECT_EQ(Record(), std::nullopt);
}

TEST_F(BranchOwnershipTest, NobodyAsksForIt) {
  Server server(world_);
  server.context.settings.branch_ownership.enabled = false;
  const OwnedBranch owned(server.context, world_.repository, main_);
  EXPECT_FALSE(owned.owned());
  EXPECT_EQ(Record(), std::nullopt);
}

TEST_F(BranchOwnershipTest, OneWaitsForTheOther) {
  Server first(world_), second(world_);
  std::optional<OwnedBranch> owned(std::in_place, first.context, world_.repository, main_);
  std::atomic<bool> released = false, second_had_it = false;
  std::atomic<int> looks = 0;
  second.kv.set_hook([&](auto, std::string_view partition, auto) {
    if (partition == kPartition) ++looks;
    return Status();
  });
  Thread waiting("waiting", [&] {
    const OwnedBranch other(second.context, world_.repository, main_);
    EXPECT_TRUE(other.owned());
    EXPECT_TRUE(released) << "both had it";
    second_had_it = true;
  });
  while (looks < 5) SleepForUs(1000);
  EXPECT_FALSE(second_had_it);
  released = true;
  owned.reset();
  waiting.Join();
  EXPECT_TRUE(second_had_it);
  EXPECT_EQ(Record(), std::nullopt);
}

TEST_F(BranchOwnershipTest, WhoDiedIsNotWaitedFor) {
  Server dead(world_), other(world_);
  std::string record;
  {
    const OwnedBranch owned(dead.context, world_.repository, main_);
    record = *Record();
  }
  ASSERT_TRUE(world_.kv->Set(kPartition, kKey, record).ok());
  other.clock.seconds += 5;
  EXPECT_TRUE(OwnedBranch(other.context, world_.repository, main_).owned());
  ASSERT_TRUE(world_.kv->Set(kPartition, kKey, "\xff no record").ok());
  EXPECT_TRUE(OwnedBranch(other.context, world_.repository, main_).owned());
}

TEST_F(BranchOwnershipTest, ALongHoldIsRefreshedAndALostOneIsNotTakenBack) {
  Server server(world_, /*refresh_ms=*/10);
  {
    const OwnedBranch owned(server.context, world_.repository, main_);
    const auto first = Record();
    server.clock.seconds += 1;
    while (Record() == first) SleepForUs(1000);
    ASSERT_TRUE(world_.kv->Set(kPartition, kKey, "another's").ok());
    SleepForUs(50'000);
  }
  EXPECT_EQ(Record(), "another's");
}

TEST_F(BranchOwnershipTest, WithoutTheRecordWorkGoesOn) {
  Server server(world_);
  server.kv.set_hook([](auto, std::string_view partition, auto) {
    return partition == kPartition ? Status(Code::kIo, "cut off") : Status();
  });
  EXPECT_FALSE(OwnedBranch(server.context, world_.repository, main_).owned());
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(Commit(server.context, world_.repository, {.branch = main_, .message = "m"}));
}

/// What a commit does meanwhile is done by the owner.
TEST_F(BranchOwnershipTest, CommitsOwnTheirBranch) {
  Server server(world_);
  int moves = 0;
  server.kv.set_hook([&](auto call, auto, std::string_view key) {
    if (call == kv::ForwardingStore::Call::kSetIf && key == "branches/main") {
      ++moves;
      EXPECT_TRUE(Record().has_value());
    }
    return Status();
  });
  // The world's own refs would not pass the hook.
  refs::Store refs(server.kv, world_.clock, *world_.random, {});
  Context context{server.kv,      refs,        world_.staging,         world_.committed,
                  world_.objects, nullptr,     world_.workers,         server.clock,
                  *world_.random, world_.xids, server.context.settings};
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  TARN_EXPECT_OK(Commit(context, world_.repository, {.branch = main_, .message = "m"}));
  EXPECT_GE(moves, 1);
  EXPECT_EQ(Record(), std::nullopt);
}

}  // namespace
}  // namespace tarn::versioning
