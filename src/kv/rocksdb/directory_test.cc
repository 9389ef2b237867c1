// Whose directory it is: the lock, lakeFS's embedded database, other files, another layout.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "kv/rocksdb/log_record.h"
#include "kv/rocksdb/open_options.h"
#include "kv/rocksdb/physical_key.h"
#include "kv/rocksdb/rocksdb_store.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Directory : public testing::Test {
 protected:
  Directory() {
    std::string name = testing::TempDir() + "tarn-kv-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~Directory() override { fs::remove_all(root_); }
  Result<std::unique_ptr<Store>> Open(const fs::path& path) {
    rocks::Options options;
    options.path = path.string();
    return rocks::Open(options);
  }
  void Write(const fs::path& path, std::string_view bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
  }
  static std::string Bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Opening is refused with this text, and nothing in the directory changes.
  void ExpectRefused(const fs::path& path, Code code, const std::string& text) {
    const auto before = Listing(path);
    const auto store = Open(path);
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.code(), code);
    EXPECT_THAT(std::string(store.status().message()), HasSubstr(text));
    EXPECT_THAT(std::string(store.status().message()), HasSubstr(path.string()));
    EXPECT_EQ(Listing(path), before);
  }
  static std::map<std::string, uintmax_t> Listing(const fs::path& path) {
    std::map<std::string, uintmax_t> files;
    if (!fs::is_directory(path)) return files;
    for (const auto& entry : fs::directory_iterator(path)) {
      files[entry.path().filename().string()] = entry.file_size();
    }
    return files;
  }

  fs::path root_;
};

TEST_F(Directory, CreatedWithParentsAndKept) {
  {
    auto store = Open(root_ / "a/b/c");
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    ASSERT_TRUE((*store)->Set("p", "k", "v").ok());
    EXPECT_THAT(*(*store)->ListPartitions(), testing::ElementsAre("p"));
  }
  auto store = Open(root_ / "a/b/c");
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  EXPECT_EQ(*(*store)->Get("p", "k"), "v");
}

TEST_F(Directory, BadgerIsLeftAlone) {
  Write(root_ / "m/MANIFEST", std::string("Bdgr\0\0\0\x08", 8));
  ExpectRefused(root_ / "m", Code::kUnsupported, "lakeFS's own embedded database");
  Write(root_ / "v/000001.vlog", "x");
  ExpectRefused(root_ / "v", Code::kUnsupported, "database.local.path");
  Write(root_ / "k/KEYREGISTRY", "x");
  ExpectRefused(root_ / "k", Code::kUnsupported, "lakeFS's own embedded database");
}

TEST_F(Directory, OtherFilesAreLeftAlone) {
  Write(root_ / "d/notes.txt", "mine");
  Write(root_ / "d/000001.log", "mine too");
  ExpectRefused(root_ / "d", Code::kUnsupported, "notes.txt");
  Write(root_ / "file", "x");
  ExpectRefused(root_ / "file", Code::kUnsupported, "not a directory");
}

TEST_F(Directory, ACreationThatCrashedGoesOn) {
  Write(root_ / "d/LOCK", "");
  Write(root_ / "d/IDENTITY", "some-id");
  Write(root_ / "d/000001.dbtmp", "MANIFEST-00");
  EXPECT_TRUE(Open(root_ / "d").ok());
}

TEST_F(Directory, OpenTwiceInOneProcess) {
  auto first = Open(root_ / "d");
  ASSERT_TRUE(first.ok());
  for (int i = 0; i < 2; ++i) {
    const auto second = Open(root_ / "d");
    EXPECT_EQ(second.code(), Code::kConflict);
    EXPECT_THAT(std::string(second.status().message()), HasSubstr("already open in this process"));
  }
  EXPECT_TRUE((*first)->Set("p", "k", "v").ok());
}

TEST_F(Directory, OpenInAnotherProcess) {
  const fs::path path = root_ / "d";
  ASSERT_TRUE(Open(path).ok());
  int ready[2], finish[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(finish), 0);
  const pid_t child = fork();
  char byte = 0;
  if (child == 0) {
    // Locks as RocksDB does; a forked process cannot start the threads of a database.
    close(finish[1]);
    const int lock = open((path / "LOCK").c_str(), O_RDWR);
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    const bool told = fcntl(lock, F_SETLK, &whole) == 0 && write(ready[1], "r", 1) == 1;
    _exit(told && read(finish[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(ready[1]);
  close(finish[0]);
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  const auto store = Open(path);
  EXPECT_EQ(store.code(), Code::kConflict);
  EXPECT_THAT(std::string(store.status().message()),
              HasSubstr("in use by process " + std::to_string(child) + " (kv_test)"));
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("stop that one first"));
  close(finish[1]);
  close(ready[0]);
  int exit_status = 0;
  ASSERT_EQ(waitpid(child, &exit_status, 0), child);
  EXPECT_EQ(exit_status, 0);
  EXPECT_TRUE(Open(path).ok()) << "the lock went with the process";
}

TEST_F(Directory, AnotherLayoutIsRefused) {
  const std::string path = root_ / "d";
  ASSERT_TRUE(Open(path).ok());
  {
    rocks::Options options;
    options.path = path;
    ::rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(::rocksdb::DB::Open(rocks::MakeOpenOptions(options), path, &raw).ok());
    const std::unique_ptr<::rocksdb::DB> db(raw);
    ASSERT_TRUE(db->Put({}, rocks::ToSlice(rocks::kFormatKey), "2").ok());
  }
  const auto store = Open(path);
  EXPECT_EQ(store.code(), Code::kUnsupported);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("layout version 2"));
}

TEST_F(Directory, DamagedManifestIsAClearError) {
  ASSERT_TRUE(Open(root_ / "d").ok());
  for (const auto& entry : fs::directory_iterator(root_ / "d")) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) fs::resize_file(entry, 10);
  }
  const auto store = Open(root_ / "d");
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.code(), Code::kCorrupt) << store.status().ToString();
  EXPECT_THAT(std::string(store.status().message()), HasSubstr((root_ / "d").string()));
}

/// A database whose manifest names a few tables, and what is wrong with that manifest.
class Manifest : public Directory {
 protected:
  void SetUp() override {
    rocks::Options options;
    options.path = (root_ / "d").string();
    options.memtable_bytes = 64 << 10;
    auto store = rocks::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    for (int i = 0; i < kWrites; ++i)
      ASSERT_TRUE((*store)->Set("p", "k" + std::to_string(i), std::string(900, 'v')).ok());
  }
  void ExpectAllThere() {
    const auto store = Open(root_ / "d");
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    for (int i = 0; i < kWrites; ++i)
      EXPECT_TRUE((*store)->Get("p", "k" + std::to_string(i))->has_value()) << i;
  }
  /// The offsets of all changes.
  static std::vector<size_t> Changes(std::string_view manifest) {
    std::vector<size_t> at = {0};
    while (const auto record = rocks::LogRecordAt(manifest, at.back())) {
      EXPECT_EQ(record->kind, rocks::LogRecord::kFull);
      at.push_back(at.back() + record->size());
    }
    EXPECT_EQ(at.back(), manifest.size());
    at.pop_back();
    return at;
  }
  fs::path File() {
    std::ifstream current(root_ / "d/CURRENT");
    std::string name;
    std::getline(current, name);
    return root_ / "d" / name;
  }

  static constexpr int kWrites = 300;
};

TEST_F(Manifest, ATornChangeIsCutOff) {
  for (const std::string rest : {"nothing", "zeros", "noise"}) {
    for (const size_t whole : {3u, 7u, 12u, 30u}) {  // bytes of the change that reached the disk
      std::string manifest = Bytes(File());
      const std::string change = manifest.substr(0, Changes(manifest).at(1));
      ASSERT_GT(change.size(), 30u);
      std::string torn = change.substr(0, whole);
      while (rest != "nothing" && torn.size() < change.size())
        torn += rest == "zeros" ? '\0' : static_cast<char>(~change[torn.size()]);
      Write(File(), manifest + torn);
      SCOPED_TRACE(rest + " after " + std::to_string(whole));
      ExpectAllThere();
    }
  }
}

TEST_F(Manifest, DamageInTheMiddleIsRefused) {
  const std::string good = Bytes(File());
  const auto changes = Changes(good);
  ASSERT_GT(changes.size(), 3u);
  for (size_t i = 1; i + 1 < changes.size(); ++i) {
    for (const size_t part : {0u, 5u, 6u, 9u}) {  // checksum, length, kind, content
      std::string bad = good;
      bad[changes[i] + part] = static_cast<char>(bad[changes[i] + part] ^ 0x55);
      Write(File(), bad);
      SCOPED_TRACE("byte " + std::to_string(changes[i] + part));
      ExpectRefused(root_ / "d", Code::kCorrupt, File().filename().string());
      EXPECT_EQ(Bytes(File()), bad);
    }
  }
  Write(File(), good);
  ExpectAllThere();
}

/// A database with a few hundred writes that are in its log alone.
class Logs : public Directory {
 protected:
  void SetUp() override { Fill(0, 300); }
  void Fill(int from, int to) {
    rocks::Options options;
    options.path = (root_ / "d").string();
    options.memtable_bytes = 1 << 20;  // so little that a clean end does not write a table
    auto store = rocks::Open(options);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    for (int i = from; i < to; ++i)
      ASSERT_TRUE((*store)->Set("p", "k" + std::to_string(i), std::string(i * 7 % 900, 'v')).ok());
  }
  /// How many writes from the first on are there, and that none is after them.
  Result<int> Count(int written) {
    TARN_TRY_ASSIGN(const auto store, Open(root_ / "d"));
    int count = 0;
    while (count < written && store->Get("p", "k" + std::to_string(count))->has_value()) ++count;
    for (int i = count; i < written; ++i)
      EXPECT_EQ(*store->Get("p", "k" + std::to_string(i)), std::nullopt);
    return count;
  }
  fs::path Log() {
    std::set<fs::path> logs;
    for (const auto& entry : fs::directory_iterator(root_ / "d")) {
      if (entry.path().extension() == ".log" && entry.file_size() > 0) logs.insert(entry.path());
    }
    EXPECT_FALSE(logs.empty());
    return *logs.rbegin();
  }
};

TEST_F(Logs, DamageInTheMiddleIsRefused) {
  const fs::path log = Log();
  const std::string good = Bytes(log);
  ASSERT_GT(good.size(), 100'000u);
  for (size_t at = 100; at + 2000 < good.size(); at += good.size() / 40) {
    std::string bad = good;
    for (size_t i = 0; i < 1 + at % 30; ++i) bad[at + i] = static_cast<char>(bad[at + i] ^ 0x55);
    Write(log, bad);
    const auto before = Listing(root_ / "d");
    const auto store = Open(root_ / "d");
    ASSERT_FALSE(store.ok()) << "byte " << at;
    EXPECT_EQ(store.code(), Code::kCorrupt);
    EXPECT_THAT(std::string(store.status().message()), HasSubstr(log.filename().string()));
    EXPECT_THAT(std::string(store.status().message()), HasSubstr("backup"));
    EXPECT_EQ(Bytes(log), bad);
  }
  std::string hole = good;  // a page that was never written
  std::fill_n(hole.begin() + 40'960, 4096, '\0');
  Write(log, hole);
  EXPECT_EQ(Open(root_ / "d").code(), Code::kCorrupt);
  Write(log, good);
  EXPECT_EQ(Count(300).value(), 300);
}

TEST_F(Logs, ATornTailIsDropped) {
  const fs::path log = Log();
  const std::string good = Bytes(log);
  const size_t last = good.rfind("k299") + 4;  // in the header of the last batch
  for (const size_t cut : {good.size() - 1, last + 9, last}) {
    for (const char* rest : {"nothing", "zeros", "noise"}) {
      std::string torn = good.substr(0, cut);
      if (rest[0] == 'z') torn.resize(good.size());
      while (rest[1] == 'o' && torn.size() < good.size())
        torn += static_cast<char>(torn.size() * 37);
      const fs::path saved = root_ / "saved";
      fs::remove_all(saved);
      fs::copy(root_ / "d", saved, fs::copy_options::recursive);
      Write(log, torn);
      const auto count = Count(300);
      ASSERT_TRUE(count.ok()) << rest << " at " << cut << ": " << count.status().ToString();
      EXPECT_EQ(*count, 299) << rest << " at " << cut;
      Fill(299, 310);  // and it goes on
      EXPECT_EQ(Count(310).value(), 310);
      fs::remove_all(root_ / "d");
      fs::rename(saved, root_ / "d");
    }
  }
}

TEST_F(Logs, AMissingLogIsRefused) {
  {
    // Closed logs are those of memtables that were not yet written to tables.
    rocks::Options options;
    options.path = (root_ / "d").string();
    ::rocksdb::Options how = rocks::MakeOpenOptions(options);
    how.write_buffer_size = 64 << 10;
    how.max_write_buffer_number = 8;
    how.min_write_buffer_number_to_merge = 6;
    ::rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(::rocksdb::DB::Open(how, options.path, &raw).ok());
    const std::unique_ptr<::rocksdb::DB> db(raw);
    ::rocksdb::WriteOptions durable;
    durable.sync = true;
    for (int i = 0; i < 150; ++i) {
      const rocks::PhysicalKey key("p", "more" + std::to_string(i));
      ASSERT_TRUE(db->Put(durable, rocks::ToSlice(key.view()), std::string(900, 'm')).ok());
    }
  }
  std::set<fs::path> logs;
  for (const auto& entry : fs::directory_iterator(root_ / "d")) {
    if (entry.path().extension() == ".log") logs.insert(entry.path());
  }
  ASSERT_GT(logs.size(), 1u);
  fs::remove(*logs.begin());
  const auto store = Open(root_ / "d");
  EXPECT_EQ(store.code(), Code::kCorrupt) << store.status().ToString();
}

}  // namespace
}  // namespace tarn::kv
