// The embedded KV over a disk that forgets what was not synced: after every crash each
// acknowledged write is there, a write in flight is there as a whole or not at all, and the
// database opens without repair.

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "kv/rocksdb/rocksdb_store.h"
#include "kv/rocksdb/testing_hooks.h"
#include "kv/testing/crash_file_system.h"

namespace tarn::kv {
namespace {

using Rows = std::map<std::string, std::string>;

// What one writer knows of its partition: what it was told, and what it tried last.
struct Partition {
  std::string name;
  Rows acknowledged;
  Rows attempted;  ///< As acknowledged, with the write in flight done.
};

class Writer {
 public:
  Writer(int number, uint64_t seed) : random_(seed * 31 + static_cast<uint64_t>(number)) {
    for (const char* kind : {"small", "mass"}) {
      partitions_.push_back({std::string(kind) + std::to_string(number), {}, {}});
    }
  }

  /// Writes until the store fails.
  void Run(Store& store, std::atomic<int64_t>& counted) {
    while (Step(store) && Count(store, counted)) {
    }
  }

  /// Compares a reopened store with what is known; from now on what it holds is known.
  void Verify(Store& store) {
    for (Partition& partition : partitions_) {
      const Rows found = ReadAll(store, partition.name);
      if (found != partition.acknowledged) {
        EXPECT_EQ(found, partition.attempted) << partition.name;
      }
      partition.acknowledged = partition.attempted = found;
    }
  }

 private:
  static Rows ReadAll(Store& store, const std::string& partition) {
    Rows rows;
    auto it = store.Scan(partition, "");
    EXPECT_TRUE(it.ok() && (*it)->Seek("").ok());
    while (it.ok() && (*it)->Valid()) {
      rows.emplace((*it)->key(), (*it)->value());
      EXPECT_TRUE((*it)->Next().ok());
    }
    return rows;
  }

  bool Step(Store& store) {
    Partition& partition = partitions_[random_() % 2];
    const uint64_t kind = random_() % 40;
    if (kind == 0) return Drop(store, partition, "");
    if (kind == 1) return Drop(store, partition, "k" + std::to_string(random_() % 10));
    const std::string key = "k" + std::to_string(random_() % 200);
    const auto known = partition.acknowledged.find(key);
    if (kind < 6) {
      partition.attempted.erase(key);
      return Acknowledge(partition, store.Delete(partition.name, key));
    }
    std::string value(random_() % (kind == 6 ? 60'000 : 900), '\0');
    for (char& c : value) c = static_cast<char>(random_());
    const bool conditional = kind < 20;
    const Predicate predicate = known == partition.acknowledged.end()
                                    ? Predicate::Absent()
                                    : Predicate::Equals(known->second);
    partition.attempted[key] = value;
    return Acknowledge(partition, conditional ? store.SetIf(partition.name, key, value, predicate)
                                              : store.Set(partition.name, key, value));
  }

  bool Drop(Store& store, Partition& partition, const std::string& prefix) {
    std::erase_if(partition.attempted,
                  [&](const auto& row) { return row.first.starts_with(prefix); });
    return Acknowledge(partition, store.Drop(partition.name, prefix));
  }

  static bool Acknowledge(Partition& partition, const Status& status) {
    EXPECT_NE(status.code(), Code::kPredicateFailed) << "nobody else writes here";
    if (status.ok()) partition.acknowledged = partition.attempted;
    return status.ok();
  }

  // A counter shared by all writers.
  bool Count(Store& store, std::atomic<int64_t>& counted) {
    if (random_() % 4 != 0) return true;
    for (;;) {
      const auto found = store.Get("shared", "counter");
      if (!found.ok()) return false;
      const int64_t next = *found ? std::stoll(**found) + 1 : 1;
      const Status set =
          store.SetIf("shared", "counter", std::to_string(next), Predicate::Unchanged(*found));
      if (set.ok()) ++counted;
      if (set.code() != Code::kPredicateFailed) return set.ok();
    }
  }

  std::mt19937_64 random_;
  std::vector<Partition> partitions_;
};

// After a failed flush RocksDB sleeps for a second, which the test need not.
class RestlessEnv : public ::rocksdb::EnvWrapper {
 public:
  using EnvWrapper::EnvWrapper;
  void SleepForMicroseconds(int us) override { EnvWrapper::SleepForMicroseconds(us / 1000); }
};

class Machine {
 public:
  explicit Machine(uint64_t seed)
      : files_(std::make_shared<CrashFileSystem>(seed)), env_(::rocksdb::NewCompositeEnv(files_)) {
    hooks_.env = &env_;
  }
  Result<std::unique_ptr<Store>> Open(size_t memtable_bytes = 64 << 10) {
    rocks::Options options;
    options.path = "/db";
    options.memtable_bytes = memtable_bytes;
    options.block_cache_bytes = 1 << 20;
    options.test_hooks = &hooks_;
    return rocks::Open(options);
  }
  CrashFileSystem& files() { return *files_; }

 private:
  const std::shared_ptr<CrashFileSystem> files_;
  RestlessEnv env_;
  rocks::TestingHooks hooks_;
};

void CrashAndCheck(uint64_t seed) {
  constexpr int kWriters = 3, kCrashes = 4;
  std::mt19937_64 random(seed);
  Machine machine(seed);
  std::vector<Writer> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back(i, seed);
  std::atomic<int64_t> counted = 0;
  for (int crash = 0; crash <= kCrashes; ++crash) {
    SCOPED_TRACE("crash " + std::to_string(crash));
    // Some crashes hit the opening itself: recovery must survive its own interruption.
    const bool last = crash == kCrashes;
    if (!last)
      machine.files().CrashAfter(static_cast<int64_t>(random() % (random() % 2 ? 60 : 1200)));
    {
      auto store = machine.Open(random() % 2 ? 64 << 10 : 1 << 20);
      if (store.ok()) {
        if (last) {
          for (Writer& writer : writers) writer.Verify(**store);
          const auto counter = (*store)->Get("shared", "counter");
          ASSERT_TRUE(counter.ok());
          const int64_t value = *counter ? std::stoll(**counter) : 0;
          EXPECT_GE(value, counted) << "an acknowledged increment was lost";
          EXPECT_LE(value, counted + kCrashes * kWriters) << "an increment happened twice";
        } else {
          std::vector<std::thread> threads;
          for (Writer& writer : writers) {
            threads.emplace_back([&] { writer.Run(**store, counted); });
          }
          for (auto& thread : threads) thread.join();
        }
      } else {
        ASSERT_TRUE(machine.files().crashed()) << store.status().ToString();
      }
    }
    machine.files().Restart();
    if (last) break;
    auto reopened = machine.Open();
    ASSERT_TRUE(reopened.ok()) << reopened.status().ToString();
    for (Writer& writer : writers) writer.Verify(**reopened);
  }
}

TEST(RocksDbCrash, AcknowledgedWritesSurvive) {
  const uint64_t base = std::random_device()();
  for (uint64_t seed = base; seed < base + 50 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    CrashAndCheck(seed);
  }
}

TEST(RocksDbFaults, FullDiskRefusesAndRecovers) {
  Machine machine(1);
  auto store = machine.Open();
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Set("p", "before", "1").ok());
  machine.files().SetCapacity(400 << 10);
  Rows acknowledged;
  Status status;
  for (int i = 0; status.ok() && i < 10'000; ++i) {
    const std::string key = "k" + std::to_string(i), value(5000, static_cast<char>('a' + i % 26));
    status = (*store)->Set("p", key, value);
    if (status.ok()) acknowledged[key] = value;
  }
  EXPECT_EQ(status.code(), Code::kNoSpace) << status.ToString();
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("disk"));
  machine.files().SetCapacity(0);  // What a compaction freed is taken as well.
  EXPECT_EQ((*store)->Set("p", "more", std::string(5000, 'm')).code(), Code::kNoSpace);
  EXPECT_EQ(*(*store)->Get("p", "before"), "1") << "reads go on";
  for (const auto& [key, value] : acknowledged) ASSERT_EQ(*(*store)->Get("p", key), value);

  machine.files().SetCapacity(UINT64_MAX);
  Status after = (*store)->Set("p", "after", "2");
  for (int i = 0; !after.ok() && i < 50; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    after = (*store)->Set("p", "after", "2");
  }
  ASSERT_TRUE(after.ok()) << "space came back, no restart needed: " << after.ToString();
  store->reset();
  store = machine.Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  for (const auto& [key, value] : acknowledged) ASSERT_EQ(*(*store)->Get("p", key), value);
  EXPECT_EQ(*(*store)->Get("p", "after"), "2");
}

TEST(RocksDbFaults, FailedSyncIsNotAcknowledged) {
  Machine machine(2);
  auto store = machine.Open();
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Set("p", "before", "1").ok());
  machine.files().FailNextSync(".log");
  const Status failed = (*store)->Set("p", "failed", "x");
  EXPECT_EQ(failed.code(), Code::kIo) << failed.ToString();
  EXPECT_EQ(*(*store)->Get("p", "failed"), std::nullopt) << "not told, not shown";
  const Status next = (*store)->Set("p", "next", "2");
  EXPECT_THAT(next.ToString(), testing::HasSubstr("restart the server"));
  store->reset();
  store = machine.Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  EXPECT_EQ(*(*store)->Get("p", "before"), "1");
  EXPECT_EQ(*(*store)->Get("p", "next"), std::nullopt);
  EXPECT_TRUE((*store)->Set("p", "again", "3").ok());
}

}  // namespace
}  // namespace tarn::kv
