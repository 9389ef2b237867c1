// Files of the copies of tables: limits, eviction, crashes, full and missing disks.
#include "sst/disk_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "base/testing/temp_directory.h"
#include "sst/open_table.h"
#include "sst/testing/cache_parts.h"

namespace tarn::sst {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMiB = 1 << 20;
const std::string kDirectory = "/cache";

TableName NameOf(int number, const std::string& ns = "s3://bucket/repo") {
  const std::string id = std::to_string(100'000 + number) + std::string(58, 'a');
  return {ns, id, "_lakefs/" + id};
}

/// Bytes that differ between tables.
std::string BytesOf(int number, size_t size) {
  std::string bytes(size, '\0');
  std::mt19937 random(static_cast<uint32_t>(number));
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

/// A server's cache over one layer of files.
class Cache {
 public:
  explicit Cache(block::FileLayer& files, DiskCacheOptions options = {kDirectory, kMiB, kMiB})
      : cache_(options, files, clock, sink) {}

  bool Put(const TableName& name, std::string_view bytes, TableType type = TableType::kRange) {
    const auto writer = cache_.Create(name, type, bytes.size());
    if (writer == nullptr || !writer->Write(bytes)) return false;
    writer->Finish();
    return true;
  }
  /// The copy, or "none".
  std::string Get(const TableName& name) {
    const auto reader = cache_.Open(name);
    EXPECT_TRUE(reader.ok()) << reader.status().ToString();
    if (!reader.ok() || *reader == nullptr) return "none";
    std::string bytes(static_cast<size_t>((*reader)->properties().size) + 1, '\0');
    const auto got = (*reader)->ReadAt(0, bytes);
    if (!got.ok()) return got.status().ToString();
    bytes.resize(*got);
    return bytes;
  }
  DiskCache& operator*() { return cache_; }
  DiskCache* operator->() { return &cache_; }

  StandingClock clock;
  CountingSink sink;

 private:
  DiskCache cache_;
};

/// Names and sizes of what lies in a folder.
std::map<std::string, uint64_t> FilesIn(const fs::path& folder) {
  std::map<std::string, uint64_t> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename().string()] = entry.is_regular_file() ? entry.file_size() : 0;
  }
  return files;
}

class DiskCacheTest : public testing::Test {
 protected:
  DiskCacheOptions Options(uint64_t range_bytes, uint64_t metarange_bytes = kMiB) const {
    return {directory_.path() + "/new/cache", range_bytes, metarange_bytes};
  }
  fs::path Folder(const std::string& kind = "range") const {
    return fs::path(directory_.path()) / "new/cache/tarn" / kind;
  }
  TempDirectory directory_{FastTempParent()};
  block::FileLayer& files_ = block::SystemFiles();
};

TEST_F(DiskCacheTest, GivesBackWhatWasPut) {
  Cache cache(files_, Options(kMiB));
  EXPECT_EQ(cache.Get(NameOf(1)), "none");
  ASSERT_TRUE(cache.Put(NameOf(1), "one"));
  ASSERT_TRUE(cache.Put(NameOf(1, "s3://bucket/other"), "one in other words"));
  ASSERT_TRUE(cache.Put(NameOf(2), BytesOf(2, 100'000), TableType::kMetarange));
  for (int settled = 0; settled < 2; ++settled) {
    EXPECT_EQ(cache.Get(NameOf(1)), "one");
    EXPECT_EQ(cache.Get(NameOf(1, "s3://bucket/other")), "one in other words");
    EXPECT_EQ(cache.Get(NameOf(2)), BytesOf(2, 100'000));
    EXPECT_EQ(cache.Get(NameOf(3)), "none");
    cache->Settle();
  }
  EXPECT_EQ(FilesIn(Folder()).size(), 2u);
  EXPECT_EQ(FilesIn(Folder("meta-range")).size(), 1u);
  EXPECT_EQ(fs::status(Folder()).permissions(), fs::perms::owner_all) << "paths are secrets";
  cache->Drop(NameOf(1));
  EXPECT_EQ(cache.Get(NameOf(1)), "none");
  EXPECT_EQ(cache.Get(NameOf(1, "s3://bucket/other")), "one in other words");
  EXPECT_EQ(FilesIn(Folder()).size(), 1u);
}

TEST_F(DiskCacheTest, ACopyThatIsGivenUpLeavesNothing) {
  Cache cache(files_, Options(kMiB));
  {
    const auto writer = cache->Create(NameOf(1), TableType::kRange, 8);
    ASSERT_TRUE(writer->Write(std::string_view("half")));
    EXPECT_EQ(cache.Get(NameOf(1)), "none");
  }
  EXPECT_TRUE(FilesIn(Folder()).empty());
}

TEST_F(DiskCacheTest, StaysWithinItsBytes) {
  constexpr uint64_t kLimit = 64 * 4096;
  Cache cache(files_, Options(kLimit));
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(cache.Put(NameOf(i), BytesOf(i, 1 + random() % 20'000)));
    if (i % 7 == 0) cache->Settle();
    uint64_t on_disk = 0;
    for (const auto& [name, size] : FilesIn(Folder())) on_disk += (size + 4095) / 4096 * 4096;
    ASSERT_LE(on_disk, kLimit);
  }
  EXPECT_GT(FilesIn(Folder()).size(), 10u);
  EXPECT_GT(cache.sink.removals, 200);
  // Metaranges have their own.
  ASSERT_TRUE(cache.Put(NameOf(1000), BytesOf(1000, 10), TableType::kMetarange));
  for (int i = 300; i < 600; ++i) ASSERT_TRUE(cache.Put(NameOf(i), BytesOf(i, 4096)));
  EXPECT_EQ(cache.Get(NameOf(1000)), BytesOf(1000, 10));
  // What could never fit is not begun.
  EXPECT_FALSE(cache->Wants(TableType::kRange, kLimit + 1));
  EXPECT_EQ(cache->Create(NameOf(9999), TableType::kRange, kLimit + 1), nullptr);
  EXPECT_NE(cache.Get(NameOf(599)), "none");
}

TEST_F(DiskCacheTest, WhatIsUsedStaysLonger) {
  Cache cache(files_, Options(20 * (4096 + 200)));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(cache.Put(NameOf(i), BytesOf(i, 4000)));
  for (int i = 0; i < 5; ++i) EXPECT_NE(cache.Get(NameOf(i)), "none");
  for (int i = 100; i < 110; ++i) ASSERT_TRUE(cache.Put(NameOf(i), BytesOf(i, 4000)));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(cache.Get(NameOf(i)), BytesOf(i, 4000)) << i;
  for (int i = 5; i < 15; ++i) EXPECT_EQ(cache.Get(NameOf(i)), "none") << i;
  for (int i = 15; i < 20; ++i) EXPECT_NE(cache.Get(NameOf(i)), "none") << i;
}

TEST_F(DiskCacheTest, AReaderOutlivesTheCopy) {
  Cache cache(files_, Options(kMiB));
  ASSERT_TRUE(cache.Put(NameOf(1), "readable"));
  const auto reader = cache->Open(NameOf(1));
  cache->Drop(NameOf(1));
  std::string bytes(8, '\0');
  EXPECT_EQ((*reader)->ReadAt(0, bytes).value(), 8u);
  EXPECT_EQ(bytes, "readable");
}

TEST_F(DiskCacheTest, AServerThatStartsTakesOverWhatIsDurable) {
  {
    Cache cache(files_, Options(kMiB));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(cache.Put(NameOf(i), BytesOf(i, 5000)));
    // The same table twice: one of them stays.
    ASSERT_TRUE(cache.Put(NameOf(3), BytesOf(3, 5000)));
  }
  EXPECT_EQ(FilesIn(Folder()).size(), 10u) << "settled at the end";
  for (const auto& [name, size] : FilesIn(Folder())) {
    // File 0 is the oldest.
    const int number = std::stoi(name.substr(1, 5));
    fs::last_write_time(Folder() / name,
                        fs::file_time_type::clock::now() - std::chrono::minutes(100 - number));
  }
  std::ofstream(Folder() / "of-others") << "x";
  std::ofstream(Folder() / (NameOf(77).id + ".0123.1.new")) << "torn";
  fs::create_directory(Folder() / "a directory");
  {
    Cache cache(files_, Options(kMiB));
    EXPECT_EQ(FilesIn(Folder()).size(), 11u) << "and a directory that is not ours";
    for (int i = 0; i < 10; ++i) EXPECT_EQ(cache.Get(NameOf(i)), BytesOf(i, 5000)) << i;
    EXPECT_EQ(cache.Get(NameOf(77)), "none");
    ASSERT_TRUE(cache.Put(NameOf(20), "new")) << "no number comes twice";
    EXPECT_EQ(cache.Get(NameOf(20)), "new");
    cache->Drop(NameOf(20));
  }
  // With less room the oldest go.
  Cache small(files_, Options(5 * (8192 + 200)));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(small.Get(NameOf(i)) == "none", i < 5) << i;
  EXPECT_EQ(FilesIn(Folder()).size(), 6u);
}

TEST_F(DiskCacheTest, ARemovedDirectoryIsMadeAgain) {
  Cache cache(files_, Options(kMiB));
  ASSERT_TRUE(cache.Put(NameOf(1), "one"));
  ASSERT_TRUE(cache.Put(NameOf(2), "two"));
  fs::remove_all(directory_.path() + "/new");
  EXPECT_EQ(cache.Get(NameOf(1)), "none");
  EXPECT_EQ(cache.sink.failures, 1);
  ASSERT_TRUE(cache.Put(NameOf(3), "three"));
  EXPECT_EQ(cache.Get(NameOf(3)), "three");
  EXPECT_EQ(cache.Get(NameOf(2)), "none");
  cache->Settle();
  EXPECT_EQ(FilesIn(Folder()).size(), 1u);
}

TEST_F(DiskCacheTest, ADirectoryThatCannotBeIsDoneWithout) {
  std::ofstream(directory_.path() + "/new") << "a file";
  Cache cache(files_, Options(kMiB));
  EXPECT_EQ(cache.Get(NameOf(1)), "none");
  EXPECT_FALSE(cache->Wants(TableType::kRange, 3));
  EXPECT_FALSE(cache.Put(NameOf(1), "one"));
  cache->Settle();
  // Once it can, it is used.
  fs::remove(directory_.path() + "/new");
  cache.clock.ms += 61'000;
  EXPECT_TRUE(cache->Wants(TableType::kRange, 3));
  EXPECT_TRUE(cache.Put(NameOf(1), "one"));
  EXPECT_EQ(cache.Get(NameOf(1)), "one");
}

TEST_F(DiskCacheTest, WithoutBytesThereIsNothing) {
  Cache cache(files_, Options(0, 0));
  EXPECT_FALSE(cache.Put(NameOf(1), "one"));
  EXPECT_EQ(cache.Get(NameOf(1)), "none");
  EXPECT_FALSE(fs::exists(Folder()));
}

TEST(DiskCache, AFullDiskIsLeftAloneForAMinute) {
  FullFiles files;
  Cache cache(files);
  ASSERT_TRUE(cache.Put(NameOf(1), "one"));
  files.is_full = true;
  EXPECT_FALSE(cache.Put(NameOf(2), "two"));
  EXPECT_EQ(cache.sink.failures, 1);
  files.is_full = false;
  EXPECT_FALSE(cache.Put(NameOf(2), "two"));
  EXPECT_FALSE(cache->Wants(TableType::kRange, 3));
  EXPECT_TRUE(cache->Wants(TableType::kMetarange, 3));
  EXPECT_EQ(cache.Get(NameOf(1)), "one");
  EXPECT_EQ(cache.Get(NameOf(2)), "none");
  cache.clock.ms += 59'999;
  EXPECT_FALSE(cache->Wants(TableType::kRange, 3));
  cache.clock.ms += 1;
  EXPECT_TRUE(cache.Put(NameOf(2), "two"));
  EXPECT_EQ(cache.Get(NameOf(2)), "two");
}

/// Puts, drops and settles until the machine or the program ends, which it does after so many calls
/// of the file layer, and starts again. The number of copies that were taken over, or -1 if one was
/// not what was put.
int SurvivorsOf(block::CrashFiles& files, uint64_t seed, bool is_power_cut) {
  std::mt19937_64 random(seed);
  files.CrashAfter(static_cast<int64_t>(30 + random() % 120));
  {
    Cache cache(files, {kDirectory, 40 * 4300, kMiB});
    for (int i = 0; i < 60 && !files.crashed(); ++i) {
      const auto number = static_cast<int>(random() % 30);
      if (random() % 5 == 0) {
        cache->Drop(NameOf(number));
      } else {
        cache.Put(NameOf(number), BytesOf(number, static_cast<size_t>(100 + 400 * number)));
      }
      if (random() % 4 == 0) cache->Settle();
    }
  }
  is_power_cut ? files.Reboot() : files.KillProgram();
  Cache cache(files, {kDirectory, 40 * 4300, kMiB});
  int survivors = 0;
  for (int number = 0; number < 30; ++number) {
    const std::string copy = cache.Get(NameOf(number));
    if (copy == "none") continue;
    if (copy != BytesOf(number, static_cast<size_t>(100 + 400 * number))) return -1;
    ++survivors;
  }
  return survivors;
}

TEST(DiskCache, ACrashLeavesWholeCopiesOrNone) {
  int survivors = 0, torn = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    for (const bool is_power_cut : {true, false}) {
      block::CrashFiles files({.seed = seed});
      const int count = SurvivorsOf(files, seed, is_power_cut);
      ASSERT_GE(count, 0) << "seed " << seed;
      survivors += count;
      block::CrashFiles lying({.seed = seed, .sync_files = false});
      torn += SurvivorsOf(lying, seed, is_power_cut) < 0 ? 1 : 0;
    }
  }
  EXPECT_GT(survivors, 200) << "it is worth something";
  EXPECT_GT(torn, 0) << "the test would notice missing syncs";
}

}  // namespace
}  // namespace tarn::sst
