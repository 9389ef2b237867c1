// Whose directory it is: the lock, lakeFS's embedded database, other files, another layout.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

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

}  // namespace
}  // namespace tarn::kv
