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

class FullDisk : public testing::Test {
 protected:
  FullDisk() { Reopen(); }
  void Reopen() {
    store_.reset();
    auto opened = machine_.Open();
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }
  // Writes until a write fails; its status.
  Status Fill() {
    Status status;
    for (int i = 0; status.ok() && i < 10'000; ++i) {
      const std::string key = "k" + std::to_string(i), value(5000, static_cast<char>('a' + i % 26));
      status = store_->Set("p", key, value);
      if (status.ok()) acknowledged_[key] = value;
    }
    return status;
  }
  void ExpectAllThere() {
    EXPECT_GT(acknowledged_.size(), 10u);
    for (const auto& [key, value] : acknowledged_) ASSERT_EQ(*store_->Get("p", key), value);
  }
  // Whether a write succeeds within the time; none may hang.
  bool WritableWithin(std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
      if (store_->Set("p", "after", "2").ok()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  Machine machine_{1};
  std::unique_ptr<Store> store_;
  Rows acknowledged_;
};

TEST_F(FullDisk, LittleSpaceLeft) {
  machine_.files().SetCapacity(2 << 20);
  const Status status = Fill();
  EXPECT_EQ(status.code(), Code::kNoSpace);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("free some space"));
  ExpectAllThere();
  machine_.files().SetCapacity(UINT64_MAX);
  EXPECT_TRUE(WritableWithin(std::chrono::seconds(5)));
  Reopen();
  ExpectAllThere();
  EXPECT_EQ(*store_->Get("p", "after"), "2");
}

TEST_F(FullDisk, RemovalsGoOnLonger) {
  ASSERT_TRUE(store_->Set("p", "k", "v").ok());
  machine_.files().SetCapacity(machine_.files().used_bytes() + (100 << 10));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(store_->Set("p", "more", "x").code(), Code::kNoSpace);
  EXPECT_TRUE(store_->Delete("p", "k").ok());
  EXPECT_TRUE(store_->Drop("p", "").ok());
  EXPECT_EQ(*store_->Get("p", "k"), std::nullopt);
}

// Space ends without a warning, in whatever RocksDB is doing just then.
TEST_F(FullDisk, SuddenlyNoSpace) {
  for (int round = 0; round < 3; ++round) {
    const uint64_t left_kb = 300 + static_cast<uint64_t>(round) * 250;
    machine_.files().SetQuota(machine_.files().used_bytes() + (left_kb << 10));
    const Status status = Fill();
    EXPECT_EQ(status.code(), Code::kNoSpace) << status.ToString();
    machine_.files().SetQuota(0);  // What a compaction frees is taken as well.
    EXPECT_EQ(store_->Set("p", "more", "x").code(), Code::kNoSpace);
    ExpectAllThere();
    machine_.files().SetQuota(UINT64_MAX);
    EXPECT_TRUE(WritableWithin(std::chrono::seconds(5)));
    ExpectAllThere();
    Reopen();
    ExpectAllThere();
    EXPECT_EQ(*store_->Get("p", "after"), "2");
    ASSERT_TRUE(store_->Drop("p", "").ok());
    acknowledged_.clear();
  }
}

TEST(RocksDbFaults, FailedSyncIsNotAcknowledged) {
  Machine machine(2);
  auto store = machine.Open();
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Set("p", "before", "1").ok());
  machine.files().FailNextSync(".log");
  const Status failed = (*store)->Set("p", "failed", "x");
  EXPECT_EQ(failed.code(), Code::kIo) << failed.ToString();
  EXPECT_EQ(*(*store)->Get("p", "failed"), std::nullopt);
  EXPECT_TRUE((*store)->Set("p", "next", "2").ok()) << "it goes on by itself";
  EXPECT_EQ(*(*store)->Get("p", "before"), "1");
  EXPECT_EQ(*(*store)->Get("p", "next"), "2");
  store->reset();
  store = machine.Open();
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  EXPECT_EQ(*(*store)->Get("p", "before"), "1");
  EXPECT_EQ(*(*store)->Get("p", "next"), "2");
}

// Readers and listings during the failures lose nothing and see no other error than of the disk.
TEST(RocksDbFaults, ReadersGoOnThroughReopening) {
  Machine machine(3);
  auto opened = machine.Open();
  ASSERT_TRUE(opened.ok());
  Store& store = **opened;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(store.Set("p", "k" + std::to_string(i), "v").ok());
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto found = store.Get("p", "k7");
        ASSERT_TRUE(found.ok()) << found.status().ToString();
        EXPECT_EQ(*found, "v");
        auto it = store.Scan("p", "");
        ASSERT_TRUE(it.ok()) << it.status().ToString();
        int count = 0;
        for (Status moved = (*it)->Seek(""); moved.ok() && (*it)->Valid(); moved = (*it)->Next()) {
          ++count;
        }
        EXPECT_GE(count, 100);
      }
    });
  }
  for (int round = 0; round < 20; ++round) {
    machine.files().FailNextSync(".log");
    EXPECT_EQ(store.Set("p", "round", std::to_string(round)).code(), Code::kIo);
    EXPECT_TRUE(store.Set("p", "next", std::to_string(round)).ok());
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(*store.Get("p", "next"), "19");
}

TEST(RocksDbFaults, AListingThatStaysDelaysTheReopening) {
  Machine machine(4);
  auto store = machine.Open();
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->Set("p", "a", "1").ok());
  auto listing = (*store)->Scan("p", "");
  ASSERT_TRUE(listing.ok());
  machine.files().FailNextSync(".log");
  EXPECT_EQ((*store)->Set("p", "b", "2").code(), Code::kIo);
  EXPECT_EQ((*store)->Set("p", "b", "2").code(), Code::kIo) << "the listing is still there";
  ASSERT_TRUE((*listing)->Seek("").ok());
  EXPECT_EQ((*listing)->value(), "1");
  listing->reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_TRUE((*store)->Set("p", "b", "2").ok());
}

}  // namespace
}  // namespace tarn::kv
