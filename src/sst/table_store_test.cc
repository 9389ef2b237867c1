// Look-ups, iteration, cache and readers of TableStore.
#include "sst/table_store.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/blocking.h"
#include "sst/lru_cache.h"
#include "sst/testing/counting_objects.h"
#include "sst/testing/random_records.h"

namespace tarn::sst {
namespace {

const StorageNamespace kNamespace("mem://bucket/prefix");
const BreakRule kNever{0, UINT64_MAX, UINT64_MAX};

class TableStoreTest : public testing::Test {
 protected:
  /// Writes one table without leaving it in `store_`'s cache.
  std::string Put(const Records& records) {
    const Table table = WriteTables(records, kNever).at(0);
    TableStore other(objects_, {});
    EXPECT_TRUE(other.Write(kNamespace, table).ok());
    return table.id;
  }
  Records Many(uint64_t seed, size_t count) { return RecordMaker(seed).Make({}, count); }
  /// Bytes of the value of `key`, or "none".
  static std::string Get(TableStore& store, const std::string& id, std::string_view key) {
    const auto found = store.Get(kNamespace, id, key);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return *found ? std::string((*found)->view().data) : "none";
  }

  CountingObjects objects_;
  TableStore store_{objects_, {}};
};

TEST_F(TableStoreTest, AgreesWithAMap) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    RecordMaker make(seed);
    const RecordShape shape = make.Shape();
    const Records records = make.Make(shape, 1 + make.Below(4000));
    const std::string id = Put(records);
    auto at = store_.Iterate(kNamespace, id);
    ASSERT_TRUE(at.ok());
    for (int round = 0; round < 1500; ++round) {
      auto expected = records.lower_bound(make.Key(shape));
      std::string target = make.Key(shape);
      if (make.OneIn(2) && expected != records.end()) {
        target = expected->first + (make.OneIn(2) ? "" : std::string(1, '\0'));
      }
      expected = records.lower_bound(target);
      const bool exact = expected != records.end() && expected->first == target;
      EXPECT_EQ(Get(store_, id, target), exact ? expected->second.data : "none");
      const auto bound = store_.LowerBound(kNamespace, id, target);
      ASSERT_TRUE(bound.ok() && (*at)->Seek(target).ok());
      ASSERT_EQ(bound->has_value(), expected != records.end());
      for (int steps = 0; steps < 30; ++steps) {
        ASSERT_EQ((*at)->Valid(), expected != records.end());
        if (expected == records.end()) break;
        ASSERT_EQ((*at)->key(), expected->first);
        ASSERT_EQ((*at)->value().identity, expected->second.identity);
        ASSERT_EQ((*at)->value().data, expected->second.data);
        if (steps == 0) {
          ASSERT_EQ((*bound)->first, expected->first);
          ASSERT_EQ((*bound)->second.view().data, expected->second.data);
        }
        ASSERT_TRUE((*at)->Next().ok());
        ++expected;
      }
    }
  }
}

TEST_F(TableStoreTest, MissingTablesAndOddIds) {
  for (const std::string& id : {std::string(64, '0'), std::string("deadbeef"), std::string(),
                                "../" + std::string(61, 'a'), std::string(64, 'F')}) {
    EXPECT_EQ(store_.Get(kNamespace, id, "k").code(), Code::kDataNotFound) << id;
    EXPECT_EQ(store_.LowerBound(kNamespace, id, "k").code(), Code::kDataNotFound);
    EXPECT_EQ(store_.Iterate(kNamespace, id).code(), Code::kDataNotFound);
    EXPECT_EQ(store_.Properties(kNamespace, id).code(), Code::kDataNotFound);
  }
}

TEST_F(TableStoreTest, EqualIdsInTwoNamespacesAreTwoFiles) {
  const Table table = WriteTables(Many(1, 10), kNever).at(0);
  ASSERT_TRUE(store_.Write(kNamespace, table).ok());
  const StorageNamespace other("mem://other");
  EXPECT_EQ(store_.Get(other, table.id, table.min_key).code(), Code::kDataNotFound);
  ASSERT_TRUE(store_.Write(other, table).ok());
  EXPECT_TRUE(store_.Get(other, table.id, table.min_key).ok());
  EXPECT_EQ(objects_.creates, 2);
  ASSERT_TRUE(store_.Write(other, table).ok());
  EXPECT_EQ(objects_.creates, 2);  // Already there.
}

TEST_F(TableStoreTest, PinnedValueOutlivesCacheAndStore) {
  const Records records = Many(2, 100);
  const std::string id = Put(records);
  std::optional<PinnedValue> pinned;
  {
    TableStore small(objects_, {.cache_bytes = 1});
    pinned = **small.Get(kNamespace, id, records.begin()->first);
  }
  EXPECT_EQ(pinned->view().data, records.begin()->second.data);
}

TEST_F(TableStoreTest, LookUpReadsLittle) {
  const Records records = Many(3, 40000);
  const std::string id = Put(records);
  const int opens = objects_.opens;
  const uint64_t bytes = objects_.bytes_read;
  const auto some = std::next(records.begin(), 20000);
  EXPECT_EQ(Get(store_, id, some->first), some->second.data);
  EXPECT_LE(objects_.bytes_read - bytes, 8192U + 2 * 4096);  // Tail, index partition, block.
  EXPECT_EQ(objects_.opens - opens, 1);
  const int reads = objects_.reads;
  EXPECT_EQ(Get(store_, id, some->first), some->second.data);
  EXPECT_EQ(objects_.reads, reads);  // All cached.
  EXPECT_EQ(Get(store_, id, std::next(some, 5000)->first), std::next(some, 5000)->second.data);
  EXPECT_EQ(objects_.opens - opens, 1);  // The reader was kept.
}

TEST_F(TableStoreTest, ScanReadsInLargePiecesAndLeavesTheCacheAlone) {
  // 24 blocks in use, in a cache that holds a tenth of what is scanned.
  const Records hot = Many(4, 500);
  const std::string hot_id = Put(hot);
  const Records cold = Many(5, 30000);
  const std::string cold_id = Put(cold);
  TableStore store(objects_, {.cache_bytes = 1 << 20});
  for (int round = 0; round < 2; ++round) {
    for (const auto& [key, value] : hot) ASSERT_EQ(Get(store, hot_id, key), value.data);
  }
  const int reads = objects_.reads;
  auto at = store.Iterate(kNamespace, cold_id);
  ASSERT_TRUE((*at)->Seek("").ok());
  size_t count = 0;
  for (; (*at)->Valid(); ++count) ASSERT_TRUE((*at)->Next().ok());
  EXPECT_EQ(count, cold.size());
  EXPECT_LT(objects_.reads - reads, 60);  // About 1,900 blocks in 25 index partitions.
  const int scanned = objects_.reads;
  for (const auto& [key, value] : hot) ASSERT_EQ(Get(store, hot_id, key), value.data);
  EXPECT_EQ(objects_.reads, scanned);
}

TEST_F(TableStoreTest, ThreadsThatMustNotWaitAnswerFromTheCacheOnly) {
  const Records records = Many(6, 3000);
  const std::string id = Put(records);
  const std::string& key = std::next(records.begin(), 1500)->first;
  {
    const NoBlockingScope no_blocking;
    EXPECT_EQ(store_.Get(kNamespace, id, key).code(), Code::kWouldBlock);
    EXPECT_EQ(store_.Iterate(kNamespace, id).code(), Code::kWouldBlock);
  }
  EXPECT_NE(Get(store_, id, key), "none");
  const NoBlockingScope no_blocking;
  EXPECT_NE(Get(store_, id, key), "none");
  EXPECT_EQ(store_.Get(kNamespace, id, records.begin()->first).code(), Code::kWouldBlock);
  auto at = store_.Iterate(kNamespace, id);
  ASSERT_TRUE(at.ok());
  EXPECT_EQ((*at)->Seek("").code(), Code::kWouldBlock);
  EXPECT_FALSE((*at)->Valid());
  ASSERT_TRUE((*at)->Seek(key).ok());  // An iterator can be used again after an error.
  EXPECT_EQ((*at)->key(), key);
}

TEST_F(TableStoreTest, AWrittenTableIsOpen) {
  const Table table = WriteTables(Many(7, 50), kNever).at(0);
  ASSERT_TRUE(store_.Write(kNamespace, table).ok());
  const NoBlockingScope no_blocking;
  const auto properties = store_.Properties(kNamespace, table.id);
  ASSERT_TRUE(properties.ok());
  EXPECT_EQ(properties->at("count"), std::to_string(table.count));
}

TEST_F(TableStoreTest, OpenReadersAreBounded) {
  std::vector<std::pair<std::string, std::string>> tables;
  for (int i = 0; i < 300; ++i) {
    const Records records = {{"key" + std::to_string(i), {"identity", "data"}}};
    tables.emplace_back(Put(records), records.begin()->first);
  }
  for (const auto& [id, key] : tables) EXPECT_EQ(Get(store_, id, key), "data");
  EXPECT_LE(objects_.open_readers, 256);
  EXPECT_GT(objects_.open_readers, 100);
}

TEST_F(TableStoreTest, ThreadsShareOneSmallCache) {
  std::vector<std::pair<std::string, Records>> tables;
  for (uint64_t seed = 10; seed < 14; ++seed) {
    tables.emplace_back("", Many(seed, 2000));
    tables.back().first = Put(tables.back().second);
  }
  TableStore store(objects_, {.cache_bytes = 256 << 10});
  const auto work = [&](uint64_t seed) {
    RecordMaker make(seed);
    for (int round = 0; round < 400; ++round) {
      const auto& [id, records] = tables[make.Below(tables.size())];
      auto expected = std::next(records.begin(), long(make.Below(records.size())));
      ASSERT_EQ(Get(store, id, expected->first), expected->second.data);
      if (!make.OneIn(10)) continue;
      auto at = store.Iterate(kNamespace, id);
      ASSERT_TRUE((*at)->Seek(expected->first).ok());
      for (int step = 0; step < 100 && expected != records.end(); ++step, ++expected) {
        ASSERT_EQ((*at)->value().data, expected->second.data);
        ASSERT_TRUE((*at)->Next().ok());
      }
    }
  };
  std::vector<std::thread> threads;
  for (uint64_t seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
  for (std::thread& thread : threads) thread.join();
}

CacheKey Key(uint64_t number) { return {CacheKind::kBlock, {number}}; }

TEST(LruCache, KeepsWithinItsLimit) {
  LruCache cache(100000);
  for (uint64_t i = 0; i < 1000; ++i) {
    cache.Put(Key(i), std::make_shared<int>(int(i)), 1000);
    EXPECT_LE(cache.bytes(), 100000U);
  }
  EXPECT_GT(cache.bytes(), 90000U);
  EXPECT_EQ(cache.Get(Key(0)), nullptr);
  EXPECT_EQ(*static_cast<const int*>(cache.Get(Key(999)).get()), 999);
  EXPECT_EQ(cache.Get({CacheKind::kTable, {999}}), nullptr);
  cache.Put(Key(5000), std::make_shared<int>(1), 200000);  // Larger than the cache.
  EXPECT_EQ(cache.Get(Key(5000)), nullptr);
  EXPECT_NE(cache.Get(Key(999)), nullptr);
  cache.Put(Key(999), std::make_shared<int>(7), 1000);  // Replaces.
  EXPECT_EQ(*static_cast<const int*>(cache.Get(Key(999)).get()), 7);
}

TEST(LruCache, WhatIsUsedAgainSurvivesAScan) {
  LruCache cache(100000);
  for (uint64_t i = 0; i < 40; ++i) cache.Put(Key(i), std::make_shared<int>(0), 1000);
  for (uint64_t i = 0; i < 40; ++i) ASSERT_NE(cache.Get(Key(i)), nullptr);
  for (uint64_t i = 1000; i < 5000; ++i) cache.Put(Key(i), std::make_shared<int>(0), 1000);
  for (uint64_t i = 0; i < 40; ++i) EXPECT_NE(cache.Get(Key(i)), nullptr) << i;
}

TEST(LruCache, MorePopularThanFitsIsStillBounded) {
  LruCache cache(100000);
  for (int round = 0; round < 5; ++round) {
    for (uint64_t i = 0; i < 300; ++i) {
      if (cache.Get(Key(i)) == nullptr) cache.Put(Key(i), std::make_shared<int>(0), 1000);
      cache.Get(Key(i));
      EXPECT_LE(cache.bytes(), 100000U);
    }
  }
}

}  // namespace
}  // namespace tarn::sst
