// Tables of a remote store and their copies on local disk: how many requests reading costs, and
// what a disk that lies costs.
#include "sst/table_copies.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/blocking.h"
#include "sst/table_store.h"
#include "sst/testing/cache_parts.h"
#include "sst/testing/counting_objects.h"
#include "sst/testing/random_records.h"

namespace tarn::sst {
namespace {

const StorageNamespace kNamespace("mem://bucket/prefix");
const BreakRule kNever{0, UINT64_MAX, UINT64_MAX};
const std::string kFolder = "/cache/tarn/range";

class TableCopiesTest : public testing::Test {
 protected:
  TableCopiesTest() { Restart(); }

  /// A server that starts: its memory is cold, the disk is as it was.
  void Restart() {
    store_.reset();
    cache_.reset();
    cache_ = std::make_unique<DiskCache>(DiskCacheOptions{"/cache", 64 << 20, 8 << 20}, files_,
                                         clock_, sink_);
    store_ = std::make_unique<TableStore>(objects_, TableStoreOptions{.disk_cache = cache_.get()});
  }
  /// A table that another server has stored.
  Table PutByOthers(const Records& records) {
    Table table = WriteTables(records, kNever).at(0);
    TableStore others(objects_, {});
    EXPECT_TRUE(others.Write(kNamespace, table).ok());
    return table;
  }
  static Records Many(uint64_t seed, size_t count) { return RecordMaker(seed).Make({}, count); }
  std::string Get(const Table& table, std::string_view key) {
    const auto found = store_->Get(kNamespace, table.id, key);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    if (!found.ok()) return "failed";
    return *found ? std::string((*found)->view().data) : "none";
  }
  /// Reads all records.
  Result<size_t> Scan(const Table& table, const Records& expected) {
    TARN_TRY_ASSIGN(const auto at, store_->Iterate(kNamespace, table.id));
    TARN_TRY(at->Seek(""));
    size_t count = 0;
    for (auto record = expected.begin(); at->Valid() && record != expected.end(); ++record) {
      if (at->key() != record->first || at->value().data != record->second.data) {
        return Status(Code::kInternal, "wrong record at " + record->first);
      }
      ++count;
      TARN_TRY(at->Next());
    }
    EXPECT_FALSE(at->Valid());
    return count;
  }
  int requests() const { return objects_.opens + objects_.streams + objects_.looks; }
  std::vector<std::string> Files() {
    const block::FileHandle folder(files_,
                                   files_.OpenDirectory(block::kNoDirectory, kFolder.c_str()));
    std::vector<block::DirectoryEntry> entries;
    EXPECT_EQ(files_.List(folder.get(), &entries), 0);
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(kFolder + "/" + entry.name);
    return names;
  }
  /// Replaces the bytes of the one copy.
  void Spoil(const std::function<void(std::string*)>& spoil) {
    const std::vector<std::string> names = Files();
    ASSERT_EQ(names.size(), 1u);
    const std::string bytes = BytesOf(names[0]);
    std::string spoilt = bytes;
    spoil(&spoilt);
    const block::FileHandle root(files_, files_.OpenDirectory(block::kNoDirectory, "/"));
    files_.Unlink(root.get(), names[0].c_str());
    const block::FileHandle file(files_, files_.CreateNamed(root.get(), names[0].c_str()));
    ASSERT_EQ(files_.Write(file.get(), spoilt), 0);
  }
  std::string BytesOf(const std::string& name) {
    const block::FileHandle file(
        files_, files_.OpenToRead(block::kNoDirectory, name.c_str(), block::Wait::kMay));
    block::FileStatus status;
    EXPECT_EQ(files_.Stat(file.get(), &status), 0);
    std::string bytes(static_cast<size_t>(status.size), '\0');
    EXPECT_EQ(files_.ReadAt(file.get(), 0, bytes, block::Wait::kMay), status.size);
    return bytes;
  }

  CountingObjects objects_{/*is_remote=*/true};
  FullFiles files_;
  StandingClock clock_;
  CountingSink sink_;
  std::unique_ptr<DiskCache> cache_;
  std::unique_ptr<TableStore> store_;
};

TEST_F(TableCopiesTest, WhatIsStoredNeedsNoRequestsAfterwards) {
  const Records records = Many(1, 30000);
  const Table table = WriteTables(records, kNever).at(0);
  ASSERT_TRUE(store_->Write(kNamespace, table).ok());
  EXPECT_EQ(objects_.creates, 1);
  EXPECT_EQ(requests(), 0) << "nobody looks before";
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Get(table, records.begin()->first), records.begin()->second.data);
    EXPECT_EQ(Scan(table, records).value(), records.size());
    Restart();
  }
  EXPECT_EQ(requests(), 0);
  EXPECT_GT(sink_.hits, 0);
  EXPECT_EQ(sink_.misses, 0);
  EXPECT_EQ(BytesOf(Files().at(0)), table.bytes);
}

TEST_F(TableCopiesTest, ASmallTableIsOneRequest) {
  const Records records = Many(2, 800);
  const Table table = PutByOthers(records);
  ASSERT_LT(table.bytes.size(), 256u << 10);
  const int before = requests();
  EXPECT_EQ(Scan(table, records).value(), records.size());
  EXPECT_EQ(requests() - before, 1);
  Restart();
  EXPECT_EQ(Scan(table, records).value(), records.size());
  EXPECT_EQ(requests() - before, 1);
  EXPECT_EQ(sink_.fetches, 1);
}

TEST_F(TableCopiesTest, ALargeTableIsReadInRangesUntilAllOfItIsCheaper) {
  const Records records = Many(3, 60000);
  const Table table = PutByOthers(records);
  ASSERT_GT(table.bytes.size(), 5u << 20);
  const int reads = objects_.reads;
  const uint64_t bytes = objects_.bytes_read;
  const auto some = std::next(records.begin(), 100);
  EXPECT_EQ(Get(table, some->first), some->second.data);
  EXPECT_EQ(objects_.streams, 0);
  EXPECT_EQ(objects_.reads - reads, 2) << "its end, with the index, and a block";
  EXPECT_LT(objects_.bytes_read - bytes, 300u << 10);
  EXPECT_EQ(Scan(table, records).value(), records.size());
  EXPECT_EQ(objects_.streams, 1);
  EXPECT_LT(objects_.reads - reads, 6);
  const int all = requests() + objects_.reads;
  EXPECT_EQ(Scan(table, records).value(), records.size());
  Restart();
  EXPECT_EQ(Scan(table, records).value(), records.size());
  EXPECT_EQ(requests() + objects_.reads, all);
}

TEST_F(TableCopiesTest, ThreadsShareRequests) {
  const Records small = Many(4, 1500), large = Many(5, 50000);
  const Table small_table = PutByOthers(small), large_table = PutByOthers(large);
  const int opens = objects_.opens;
  objects_.stream_delay_us = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      EXPECT_EQ(Scan(small_table, small).value(), small.size());
      EXPECT_EQ(Scan(large_table, large).value(), large.size());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(objects_.streams, 1) << "the large one was fetched once";
  EXPECT_EQ(sink_.fetches, 2);
  // Once to open the small one; the large one once for its end, and for a read of each thread.
  EXPECT_LE(objects_.opens - opens, 1 + 1 + 8);
}

TEST_F(TableCopiesTest, ASpoiltCopyIsReplaced) {
  const Records records = Many(6, 3000);
  const Table table = PutByOthers(records);
  RecordMaker make(66);
  int replaced = 0;
  for (int round = 0; round < 40; ++round) {
    Restart();
    ASSERT_EQ(Scan(table, records).value(), records.size());
    const int before = requests();
    Spoil([&](std::string* bytes) {
      if (round % 4 == 0) return bytes->resize(make.Below(bytes->size()));
      char& byte = (*bytes)[make.Below(bytes->size())];
      byte = static_cast<char>(byte ^ static_cast<char>(1 + make.Below(255)));
    });
    // Half of them while the server runs and remembers what it has read.
    if (round % 2 == 0) Restart();
    const auto some = std::next(records.begin(), static_cast<long>(make.Below(records.size())));
    EXPECT_EQ(Get(table, some->first), some->second.data);
    EXPECT_EQ(Scan(table, records).value(), records.size());
    replaced += requests() > before ? 1 : 0;  // Else it was in memory, or padding.
    Restart();
    EXPECT_EQ(Scan(table, records).value(), records.size());
    EXPECT_EQ(BytesOf(Files().at(0)), table.bytes);
  }
  EXPECT_GT(replaced, 15);
}

TEST_F(TableCopiesTest, ASpoiltCopyDoesNotGetIntoNewTables) {
  const Records records = Many(7, 5000);
  const Table table = WriteTables(records, kNever).at(0);
  for (const size_t at : {size_t{1000}, table.bytes.size() / 2}) {
    // With what is remembered of the writing, by which a whole beginning is copied, and without.
    for (const bool is_cold : {false, true}) {
      ASSERT_TRUE(store_->Write(kNamespace, table).ok());
      ASSERT_EQ(Get(table, records.begin()->first), records.begin()->second.data);
      Spoil([&](std::string* bytes) { (*bytes)[at] ^= 1; });
      if (is_cold) Restart();
      const auto from = store_->Iterate(kNamespace, table.id);
      ASSERT_TRUE((*from)->Seek("").ok());
      TableWriter writer(TableType::kRange);
      const auto copied = writer.CopyFrom(**from, std::nullopt, kNever);
      ASSERT_TRUE(copied.ok()) << copied.status().ToString();
      EXPECT_EQ(writer.Finish()->bytes, table.bytes);
      for (const std::string& name : Files()) files_.Unlink(block::kNoDirectory, name.c_str());
      objects_.Remove({kNamespace.view(), store_->AddressOf(table.id)}).ok();
      Restart();
    }
  }
}

TEST_F(TableCopiesTest, DamageInTheStoreIsToldAsEver) {
  const Records records = Many(8, 3000);
  Table table = WriteTables(records, kNever).at(0);
  table.bytes[2000] ^= 1;
  const std::string address = store_->AddressOf(table.id);
  ASSERT_TRUE(block::PutObject(objects_, {kNamespace.view(), address}, table.bytes).ok());
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Scan(table, records).code(), Code::kCorrupt);
  }
}

TEST_F(TableCopiesTest, WhatWasThereInOtherWordsIsNotMistakenForOurs) {
  // The same records in another layout, as another writer may have stored them.
  const Table table = WriteTables(Many(9, 3000), kNever).at(0);
  const Records records = Many(10, 2000);
  const std::string address = store_->AddressOf(table.id);
  ASSERT_TRUE(block::PutObject(objects_, {kNamespace.view(), address},
                               WriteTables(records, kNever).at(0).bytes)
                  .ok());
  ASSERT_TRUE(store_->Write(kNamespace, table).ok());
  EXPECT_EQ(Scan(table, records).value(), records.size()) << "what lies in the store counts";
}

TEST_F(TableCopiesTest, ThreadsThatMustNotWaitTakeCopiesOnly) {
  const Records records = Many(11, 30000);
  const Table cold = PutByOthers(records);
  const Table table = PutByOthers(Many(12, 500));
  ASSERT_EQ(Scan(table, Many(12, 500)).value(), 500u);
  Restart();
  const int before = requests();
  {
    const NoBlockingScope no_blocking;
    EXPECT_EQ(store_->Get(kNamespace, cold.id, cold.min_key).code(), Code::kWouldBlock);
    EXPECT_EQ(Scan(table, Many(12, 500)).value(), 500u) << "the page cache has it";
    EXPECT_EQ(requests(), before);
  }
  EXPECT_NE(Get(cold, cold.min_key), "none");
  const NoBlockingScope no_blocking;
  EXPECT_EQ(store_->Get(kNamespace, cold.id, cold.max_key).code(), Code::kWouldBlock);
}

TEST_F(TableCopiesTest, WithoutADiskTheStoreIsRead) {
  const Records records = Many(13, 40000);
  const Table table = PutByOthers(records);
  files_.is_full = true;
  EXPECT_EQ(Scan(table, records).value(), records.size());
  EXPECT_EQ(Get(table, records.begin()->first), records.begin()->second.data);
  EXPECT_TRUE(Files().empty());
  EXPECT_LE(objects_.streams, 1) << "not again and again";
  const Table mine = WriteTables(Many(14, 100), kNever).at(0);
  EXPECT_TRUE(store_->Write(kNamespace, mine).ok());
  EXPECT_NE(Get(mine, mine.min_key), "none");
}

TEST_F(TableCopiesTest, AFetchThatFailsIsToldAndLeavesNothing) {
  const Records records = Many(15, 60000);
  const Table table = PutByOthers(records);
  EXPECT_NE(Get(table, table.min_key), "none");
  ASSERT_TRUE(objects_.Remove({kNamespace.view(), store_->AddressOf(table.id)}).ok());
  Code last = Code::kOk;
  for (long i = 1; i < 10 && last == Code::kOk; ++i) {
    last = store_->Get(kNamespace, table.id, std::next(records.begin(), 5000 * i)->first).code();
  }
  EXPECT_EQ(last, Code::kDataNotFound);
  EXPECT_TRUE(Files().empty());
}

}  // namespace
}  // namespace tarn::sst
