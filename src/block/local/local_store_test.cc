// What is special about local files: layout, addresses, what is refused, failures of the disk,
// syncs, and what a walk passes over.

#include "block/local/local_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "base/testing/temp_directory.h"
#include "block/local/open_beneath.h"
#include "block/testing/layer_over.h"

namespace tarn::block {
namespace {

namespace fs = std::filesystem;

/// Counts syncs and second names, and fails where told to.
class TrickyFiles : public LayerOver {
 public:
  TrickyFiles() : LayerOver(SystemFiles()) {}
  int Write(int file, std::span<const char> bytes) override {
    return write_error != 0 ? write_error.load() : LayerOver::Write(file, bytes);
  }
  int SyncFile(int file) override {
    ++file_syncs;
    return sync_error != 0 ? sync_error.load() : LayerOver::SyncFile(file);
  }
  int SyncDirectory(int directory) override {
    ++directory_syncs;
    std::this_thread::sleep_for(std::chrono::milliseconds(directory_sync_ms));
    if (directory_sync_error != 0) return directory_sync_error;
    return LayerOver::SyncDirectory(directory);
  }
  int CreateUnnamed(int directory) override {
    return no_unnamed_files ? -EOPNOTSUPP : LayerOver::CreateUnnamed(directory);
  }
  int Link(int file, int at, const char* name) override {
    if (link_error != 0) return std::exchange(link_error, 0);
    ++links;
    return LayerOver::Link(file, at, name);
  }
  int Rename(int from_at, const char* from, int to_at, const char* to) override {
    const bool apart = DeviceOf(from_at) != DeviceOf(to_at);
    return apart ? -EXDEV : LayerOver::Rename(from_at, from, to_at, to);
  }
  int Stat(int file, FileStatus* out) override {
    const int result = LayerOver::Stat(file, out);
    // Directories called "mounted" are file systems of their own.
    const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file));
    if (path.filename() == "mounted") ++out->device;
    return result;
  }
  uint64_t DeviceOf(int directory) {
    FileStatus status;
    Stat(directory, &status);
    return status.device;
  }
  std::atomic<bool> no_unnamed_files = false;
  std::atomic<int> write_error = 0, sync_error = 0, file_syncs = 0, directory_syncs = 0;
  std::atomic<int> directory_sync_ms = 0, directory_sync_error = 0;
  int link_error = 0;  // of the next one
  std::atomic<int> links = 0;
};

class LocalStoreTest : public testing::Test {
 protected:
  void SetUp() override { Open({}); }

  void Open(LocalStoreOptions options) {
    store_.reset();
    options.root = root();
    options.allowed_external_prefixes = {temp_.path() + "/sources", temp_.path() + "/way/in/",
                                         temp_.path() + "/single.csv", "", "relative"};
    auto opened = LocalStore::Open(options, SystemClock(), files_);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }
  std::string root() const { return temp_.path() + "/root"; }
  std::string sources() const { return temp_.path() + "/sources"; }
  LocalStore& store() { return *store_; }

  void WriteSource(const std::string& path, std::string_view content = "x") {
    const fs::path file = sources() + "/" + path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  /// Keys of a walk, or the error.
  std::vector<std::string> Walk(const std::string& uri, WalkKind kind = WalkKind::kPrefix) {
    auto walker = store().Walk({.source_uri = uri, .kind = kind});
    if (!walker.ok()) return {walker.status().ToString()};
    std::vector<std::string> keys;
    for (;;) {
      auto batch = (*walker)->Next();
      if (!batch.ok()) return {batch.status().ToString()};
      if (!*batch) return keys;
      const Status read = (*batch)->Read([&](const WalkedObject& object) {
        keys.emplace_back(object.relative_key);
        last_address_ = object.address;
        last_modified_ = object.last_modified;
      });
      if (!read.ok()) return {read.ToString()};
    }
  }
  std::string Format(std::string_view ns, std::string_view address, AddressType type) {
    const auto text = store().FormatAddress({ns, address, type});
    return text.ok() ? *text : text.status().ToString();
  }

  TempDirectory temp_;
  TrickyFiles files_;
  std::unique_ptr<LocalStore> store_;
  std::string last_address_;
  Timestamp last_modified_;
};

using Keys = std::vector<std::string>;
constexpr CopyOptions kShare{.may_share = true};

TEST_F(LocalStoreTest, LaysFilesOutLikeTheReference) {
  ASSERT_TRUE(PutObject(store(), {"local://bucket/repo/", "data/p/x"}, "bytes").ok());
  std::ifstream file(root() + "/bucket/repo/data/p/x");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "bytes");
  struct stat status;
  ASSERT_EQ(stat((root() + "/bucket/repo/data").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0750u);
  ASSERT_EQ(stat(root().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
}

TEST_F(LocalStoreTest, FormatsAddresses) {
  const std::string base = "local://" + root();
  struct Case {
    std::string_view ns, address;
    AddressType type;
    std::string expected;
  };
  const Case cases[] = {
      {"local://b/r", "data/a", AddressType::kRelative, base + "/b/r/data/a"},
      {"local://b/r/", "data/a", AddressType::kRelative, base + "/b/r/data/a"},
      {"local://b/r", "data/folder/", AddressType::kRelative, base + "/b/r/data/folder"},
      {"local://b/r", "a%41?b#c", AddressType::kRelative, base + "/b/r/a%41?b#c"},
      {"local://b/r%20x", "data/a", AddressType::kRelative, base + "/b/r%20x/data/a"},
      {"local://b/r", "local:///mnt/x", AddressType::kFull, "local:///mnt/x"},
      {"local://b/r", "local:///mnt/with space", AddressType::kFull, "local:///mnt/with space"},
      {"local://b/r", "local:///mnt/a%25b", AddressType::kFull, "local:///mnt/a%25b"},
      {"local://b/r", "local:///mnt/q?x#y/f", AddressType::kFull, "local:///mnt/q?x#y/f"},
      {"local://b/r", "local:///mnt/100%/f", AddressType::kFull, "local:///mnt/100%/f"},
      {"local://b/r", "local:///mnt/tab\there", AddressType::kFull, "local:///mnt/tab\there"},
      {"local://b/r", "s3://bucket/k", AddressType::kFull, "s3://bucket/k"},
      {"local://b/r", "local:///mnt/x", AddressType::kByPrefixDeprecated, "local:///mnt/x"},
      {"local://b/r", "local:///mnt/x", AddressType::kRelative, "local:///mnt/x"},
      {"local://b/r", "data/x", AddressType::kByPrefixDeprecated, base + "/b/r/data/x"},
      {"local://b/r", "data/a", AddressType::kFull,
       "invalid address: could not parse URI: parse \"data/a\": invalid URI for request"},
      {"local://b/r", "", AddressType::kFull,
       "invalid address: could not parse URI: parse \"\": empty url"},
      {"foo", "x", AddressType::kRelative,
       "invalid address: default namespace foo: invalid address"},
      {"memzzzz://foo/", "x", AddressType::kRelative,
       "invalid address: no storage type for memzzzz://foo/: invalid storage scheme memzzzz: "
       "invalid address"},
  };
  for (const Case& c : cases) EXPECT_EQ(Format(c.ns, c.address, c.type), c.expected) << c.address;
}

TEST_F(LocalStoreTest, RefusesPathsOutside) {
  const auto code = [&](std::string_view ns, std::string_view address) {
    return store().Open({ns, address}, {}).code();
  };
  EXPECT_EQ(code("local://../lakefs_evil", "x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://foo/../../etc", "x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://", "x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://repo1/namespace", "subdir/../../other/secret"), Code::kAddressBlocked);
  EXPECT_EQ(code("s3://repo1/namespace", "x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://.tarn", "tmp/x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://b/r", "local://relative/x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://b/r", "local://" + root() + "/../x"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://b/r", "local://" + root() + "/.tarn/tmp"), Code::kAddressBlocked);
  EXPECT_EQ(code("local://b/r", "local:///etc/passwd"), Code::kForbidden);
  // Prefixes end where elements end.
  EXPECT_EQ(code("local://b/r", "local://" + root() + "-other/x"), Code::kForbidden);
  EXPECT_EQ(code("local://b/r", "local://" + sources() + "-other/x"), Code::kForbidden);
  EXPECT_EQ(code("local://b/r", "local://" + sources() + ".x"), Code::kForbidden);
  EXPECT_EQ(code("local://b/r", "local://" + sources()), Code::kDataNotFound);
  const Status blocked = store().CheckAddress({"local://b/r", "../../../etc/passwd"});
  EXPECT_EQ(blocked.message(), temp_.path() + "/etc/passwd: bad path traversal blocked");
  EXPECT_EQ(store().CheckAddress({"", "local://x/y", AddressType::kFull}).message(),
            "bad path traversal blocked");
  EXPECT_EQ(store().CheckAddress({"", "abc://x/y", AddressType::kFull}).message(),
            "invalid storage scheme abc: invalid address");
}

TEST_F(LocalStoreTest, ReadsButNeverWritesOutside) {
  WriteSource("a.txt", "outside");
  const std::string address = "local://" + sources() + "/a.txt";
  const ObjectPointer outside{"local://b/r", address, AddressType::kFull};
  EXPECT_EQ(GetObject(store(), outside, 100).value(), "outside");
  EXPECT_EQ(store().Create(outside, {}).code(), Code::kForbidden);
  EXPECT_EQ(store().Remove(outside).code(), Code::kForbidden);
  ASSERT_TRUE(store().Copy(outside, {"local://b/r", "copy"}, kShare).ok());
  EXPECT_EQ(GetObject(store(), {"local://b/r", "copy"}, 100).value(), "outside");
}

TEST_F(LocalStoreTest, NeverWritesThroughASymbolicLink) {
  fs::create_directory(temp_.path() + "/elsewhere");
  fs::create_directory_symlink(temp_.path() + "/elsewhere", root() + "/link");
  EXPECT_EQ(PutObject(store(), {"local://link/r", "x"}, "bytes").code(), Code::kWriteFailed);
  EXPECT_TRUE(fs::is_empty(temp_.path() + "/elsewhere"));
}

TEST_F(LocalStoreTest, OnlyFilesAreObjects) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "dir/x"}, "bytes").ok());
  EXPECT_EQ(store().Open({"local://b/r", "dir"}, {}).code(), Code::kDataNotFound);
  EXPECT_FALSE(store().Stat({"local://b/r", "dir"}).value());
  EXPECT_EQ(PutObject(store(), {"local://b/r", "dir"}, "bytes").code(), Code::kWriteFailed);
  EXPECT_EQ(PutObject(store(), {"local://b/r", "dir/x/y"}, "bytes").code(), Code::kWriteFailed);
  EXPECT_EQ(store().Open({"local://b/r", std::string(300, 'n')}, {}).code(), Code::kDataNotFound);
  EXPECT_TRUE(store().Remove({"local://b/r", "dir"}).ok());
  EXPECT_EQ(GetObject(store(), {"local://b/r", "dir/x"}, 100).value(), "bytes");
  ASSERT_EQ(mkfifo((root() + "/b/r/fifo").c_str(), 0600), 0);
  EXPECT_EQ(store().Open({"local://b/r", "fifo"}, {}).code(), Code::kDataNotFound);
}

TEST_F(LocalStoreTest, FullDiskLeavesNothing) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "old"}, "old").ok());
  const std::string big(300000, 'x');
  for (std::atomic<int>* error : {&files_.write_error, &files_.sync_error}) {
    for (const std::string_view name : {"new", "old"}) {
      *error = -ENOSPC;
      const Status status = ToStatus(PutObject(store(), {"local://b/r", name}, big));
      EXPECT_EQ(status.code(), Code::kNoSpace);
      EXPECT_EQ(status.message(), "failed to write to storage: no space left on device");
      EXPECT_EQ(status.retry(), Retry::kNever);
      *error = 0;
    }
  }
  files_.sync_error = -EIO;
  const Status status = ToStatus(PutObject(store(), {"local://b/r", "new"}, "x"));
  EXPECT_EQ(status.code(), Code::kWriteFailed);
  EXPECT_EQ(status.message(), "failed to write to storage: input/output error");
  EXPECT_EQ(status.retry(), Retry::kNever);
  files_.sync_error = -ENOMEM;
  EXPECT_EQ(PutObject(store(), {"local://b/r", "new"}, "x").retry(), Retry::kLater);
  files_.sync_error = 0;
  EXPECT_FALSE(store().Stat({"local://b/r", "new"}).value());
  EXPECT_EQ(GetObject(store(), {"local://b/r", "old"}, 100).value(), "old");
  EXPECT_TRUE(fs::is_empty(root() + "/.tarn/tmp"));
  EXPECT_EQ(std::distance(fs::directory_iterator(root() + "/b/r"), {}), 1);
}

TEST_F(LocalStoreTest, CopiesBySecondName) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "data/p/1"}, "bytes").ok());
  files_.directory_syncs = files_.file_syncs = files_.links = 0;
  ASSERT_TRUE(store().Copy({"local://b/r", "data/p/1"}, {"local://b/r", "data/p/2"}, kShare).ok());
  EXPECT_EQ(files_.links, 1);
  EXPECT_EQ(files_.file_syncs, 0);
  EXPECT_EQ(files_.directory_syncs, 1);
  ASSERT_TRUE(
      store().Copy({"local://b/r", "data/p/1"}, {"local://other/x", "data/p/1"}, kShare).ok());
  EXPECT_EQ(fs::hard_link_count(root() + "/b/r/data/p/1"), 3u);
  EXPECT_EQ(GetObject(store(), {"local://other/x", "data/p/1"}, 100).value(), "bytes");
}

TEST_F(LocalStoreTest, CopiesBytesWhereASecondNameWouldNotDo) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "own"}, "bytes").ok());
  WriteSource("imported", "bytes");
  const std::string outside = "local://" + sources() + "/imported";
  const std::string inside = "local://" + root() + "/b/r/own";
  const ObjectPointer from[] = {
      {"", outside, AddressType::kFull}, {"", inside, AddressType::kFull}, {"local://b/r", inside}};
  int copies = 0;
  for (const ObjectPointer& source : from) {
    const std::string name = "copy" + std::to_string(++copies);
    const auto copied = store().Copy(source, {"local://b/r", name}, kShare);
    ASSERT_TRUE(copied.ok()) << source.address << copied.status().ToString();
    EXPECT_EQ(GetObject(store(), {"local://b/r", name}, 100).value(), "bytes");
    EXPECT_EQ(fs::hard_link_count(root() + "/b/r/" + name), 1u) << source.address;
  }
  for (const int error : {-EXDEV, -EMLINK, -EPERM}) {
    files_.link_error = error;
    const std::string name = "copy" + std::to_string(++copies);
    ASSERT_TRUE(store().Copy({"local://b/r", "own"}, {"local://b/r", name}, kShare).ok());
    EXPECT_EQ(GetObject(store(), {"local://b/r", name}, 100).value(), "bytes");
  }
  // Clients can write into what the caller does not call the store's alone.
  ASSERT_TRUE(store().Copy({"local://b/r", "own"}, {"local://b/r", "apart"}, {}).ok());
  EXPECT_EQ(fs::hard_link_count(root() + "/b/r/own"), 1u);
  const ObjectPointer none{"local://b/r", ""};
  EXPECT_EQ(store().Copy(none, {"local://b/r", "x"}, kShare).code(), Code::kDataNotFound);
}

/// Whoever found the name meanwhile may have relied on it.
TEST_F(LocalStoreTest, AFailedSyncTakesNoNameAway) {
  const ObjectPointer old{"local://b/r", "old"}, fresh{"local://b/r", "new"};
  for (const bool unnamed : {true, false}) {
    files_.no_unnamed_files = !unnamed;
    ASSERT_TRUE(PutObject(store(), old, "old").ok());
    files_.directory_sync_error = -EIO;
    EXPECT_EQ(PutObject(store(), old, "newer").code(), Code::kWriteFailed);
    EXPECT_EQ(PutObject(store(), fresh, "bytes").code(), Code::kWriteFailed);
    EXPECT_EQ(store().Copy(old, {"local://b/r", "copy"}, kShare).code(), Code::kWriteFailed);
    EXPECT_EQ(store().MakeDurable(fresh).code(), Code::kWriteFailed);
    files_.directory_sync_error = 0;
    EXPECT_EQ(GetObject(store(), old, 100).value(), "newer");
    EXPECT_EQ(GetObject(store(), fresh, 100).value(), "bytes");
    EXPECT_TRUE(fs::is_empty(root() + "/.tarn/tmp"));
    ASSERT_TRUE(store().Remove({"local://b/r", "copy"}).ok());
  }
}

TEST_F(LocalStoreTest, ExistenceIsMadeDurable) {
  const ObjectPointer object{"local://b/r", "data/p/1"};
  ASSERT_TRUE(PutObject(store(), object, "bytes").ok());
  files_.directory_syncs = files_.file_syncs = 0;
  ASSERT_TRUE(PutByContent(store(), object, "bytes").ok());
  EXPECT_EQ(files_.file_syncs, 1);
  EXPECT_EQ(files_.directory_syncs, 1);
  files_.sync_error = -EIO;
  EXPECT_EQ(PutByContent(store(), object, "bytes").code(), Code::kWriteFailed);
}

TEST_F(LocalStoreTest, WritesToOtherFileSystemsBelowTheRoot) {
  for (const bool unnamed : {true, false}) {
    files_.no_unnamed_files = !unnamed;
    const ObjectPointer object{"local://mounted", unnamed ? "1" : "2"};
    for (const std::string_view bytes : {"first", "second"}) {
      const auto put = PutObject(store(), object, bytes);
      ASSERT_TRUE(put.ok()) << put.status().ToString();
      EXPECT_EQ(GetObject(store(), object, 100).value(), bytes);
    }
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(root() + "/mounted"), {}), 2);
}

/// A tree with links that lead out, and one that stays inside.
TEST_F(LocalStoreTest, FollowsNoLinksBelowAPrefix) {
  WriteSource("dir/file", "inside");
  fs::create_directories(temp_.path() + "/elsewhere/dir");
  std::ofstream(temp_.path() + "/elsewhere/secret") << "secret";
  fs::create_symlink(temp_.path() + "/elsewhere/secret", sources() + "/dir/file-link");
  fs::create_directory_symlink(temp_.path() + "/elsewhere", sources() + "/dir-link");
  fs::create_directory_symlink("dir", sources() + "/near");
  const std::string uri = "local://" + sources();
  EXPECT_EQ(Walk(uri), Keys{"dir/file"});
  for (const char* path : {"/dir/file-link", "/dir-link/secret", "/near/file"}) {
    EXPECT_EQ(store().Open({"", uri + path, AddressType::kFull}, {}).code(), Code::kDataNotFound);
    EXPECT_FALSE(store().Stat({"", uri + path, AddressType::kFull}).value());
    EXPECT_THAT(Walk(uri + path, WalkKind::kObject),
                testing::ElementsAre(testing::HasSubstr("io: open")));
  }
  for (const char* path : {"/dir-link", "/dir-link/dir", "/near"}) {
    EXPECT_THAT(Walk(uri + path), testing::ElementsAre(testing::HasSubstr("io: open")));
  }
  // Below the root neither.
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "x"}, "x").ok());
  fs::create_symlink(temp_.path() + "/elsewhere/secret", root() + "/b/r/file");
  fs::create_directory_symlink(temp_.path() + "/elsewhere", root() + "/b/r/dir");
  EXPECT_EQ(store().Open({"local://b/r", "file"}, {}).code(), Code::kDataNotFound);
  EXPECT_EQ(store().Open({"local://b/r", "dir/secret"}, {}).code(), Code::kDataNotFound);
}

TEST_F(LocalStoreTest, FollowsTheLinksThatAreConfigured) {
  fs::create_directories(temp_.path() + "/elsewhere/deep");
  std::ofstream(temp_.path() + "/elsewhere/deep/file") << "bytes";
  std::ofstream(temp_.path() + "/single.csv") << "one";
  fs::create_directory(temp_.path() + "/way");
  fs::create_directory_symlink(temp_.path() + "/elsewhere/deep", temp_.path() + "/way/in");
  const std::string uri = "local://" + temp_.path() + "/way/in";
  EXPECT_EQ(Walk(uri), Keys{"file"});
  EXPECT_EQ(last_address_, uri + "/file");
  EXPECT_EQ(Walk(uri + "/file", WalkKind::kObject), Keys{""});
  EXPECT_EQ(GetObject(store(), {"", uri + "/file", AddressType::kFull}, 10).value(), "bytes");
  EXPECT_EQ(store().LocateSource(uri).value(), temp_.path() + "/elsewhere/deep/");
  const std::string single = "local://" + temp_.path() + "/single.csv";
  EXPECT_EQ(GetObject(store(), {"", single, AddressType::kFull}, 10).value(), "one");
  EXPECT_EQ(Walk(single, WalkKind::kObject), Keys{""});
  EXPECT_EQ(last_address_, single);
  // The root under another name.
  fs::remove(temp_.path() + "/way/in");
  fs::create_directory_symlink(root(), temp_.path() + "/way/in");
  EXPECT_EQ(store().LocateSource(uri + "/b/r").value(), root() + "/b/r/");
  const std::string other = uri + "/b/r/x";
  EXPECT_EQ(store().Locate({"", other, AddressType::kFull}).value(), root() + "/b/r/x");
  EXPECT_EQ(store().Locate({"local://b/r", "x"}).value(), root() + "/b/r/x");
}

TEST(OpenBeneath, BothWaysRefuseTheSame) {
  const TempDirectory temp;
  fs::create_directories(temp.path() + "/in/a/b");
  std::ofstream(temp.path() + "/in/a/b/file") << "x";
  std::ofstream(temp.path() + "/out") << "x";
  fs::create_symlink("../out", temp.path() + "/in/link");
  fs::create_directory_symlink("a", temp.path() + "/in/dir");
  const int base = open((temp.path() + "/in").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(base, 0);
  const auto open_both = [&](const char* path) {
    const int first = OpenBeneath(base, path, O_RDONLY | O_CLOEXEC);
    const int second = OpenByElements(base, path, O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(first >= 0, second >= 0) << path << " " << first << " " << second;
    if (first >= 0) close(first);
    if (second >= 0) close(second);
    return first >= 0;
  };
  for (const char* path : {".", "a", "a/b", "a/b/file", "a//b/./file"})
    EXPECT_TRUE(open_both(path));
  for (const char* path : {"..", "../out", "a/../../out", "link", "dir", "dir/b/file", "dir/b/none",
                           "/etc/passwd", "none", "none/x", "a/b/file/x", ""})
    EXPECT_FALSE(open_both(path)) << path;
  close(base);
}

TEST_F(LocalStoreTest, RemovesWhatACrashLeft) {
  std::ofstream(root() + "/.tarn/tmp/0123456789") << "half an object";
  Open({});
  EXPECT_TRUE(fs::is_empty(root() + "/.tarn/tmp"));
}

TEST_F(LocalStoreTest, SurvivesRemovedDirectories) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "data/p/1"}, "1").ok());
  fs::remove_all(root() + "/b");
  const Status put = ToStatus(PutObject(store(), {"local://b/r", "data/p/2"}, "2"));
  EXPECT_TRUE(put.ok()) << put.ToString();
  auto writer = store().Create({"local://b/r", "data/p/3"}, {});
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Write(std::string_view(std::string(200000, '3'))).ok());
  fs::remove_all(root() + "/b");
  ASSERT_TRUE((*writer)->Commit().ok());
  EXPECT_EQ(GetObject(store(), {"local://b/r", "data/p/3"}, 1 << 20).value().size(), 200000u);
}

TEST_F(LocalStoreTest, SyncsADirectoryOnceForAllWhoWait) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "data/p/first"}, "1").ok());
  files_.directory_syncs = files_.file_syncs = 0;
  files_.directory_sync_ms = 20;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      EXPECT_TRUE(PutObject(store(), {"local://b/r", "data/p/" + std::to_string(i)}, "x").ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(files_.file_syncs, 16);
  EXPECT_LE(files_.directory_syncs, 8);
}

TEST_F(LocalStoreTest, SyncsNothingTwice) {
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "data/p/first"}, "1").ok());
  files_.directory_syncs = files_.file_syncs = 0;
  ASSERT_TRUE(PutObject(store(), {"local://b/r", "data/p/second"}, "2").ok());
  EXPECT_EQ(files_.file_syncs, 1);
  EXPECT_EQ(files_.directory_syncs, 1);
}

TEST_F(LocalStoreTest, NeedsAnAbsoluteAndUsableRoot) {
  LocalStoreOptions options;
  options.root = "relative/path";
  EXPECT_EQ(LocalStore::Open(options, SystemClock()).code(), Code::kInvalidValue);
  WriteSource("file");
  options.root = sources() + "/file/root";
  const auto opened = LocalStore::Open(options, SystemClock());
  EXPECT_EQ(opened.code(), Code::kIo);
  EXPECT_EQ(opened.status().message(),
            "local block store: cannot use directory " + sources() + "/file/root: not a directory");
}

TEST_F(LocalStoreTest, WalkPassesOverWhatIsNoObject) {
  for (const char* file : {"a.b", "a/b", "a-/x", "a0", ".hidden", ".dir/x", "z/.x/y", "z/y"}) {
    WriteSource(file);
  }
  fs::create_symlink("a/b", sources() + "/link");
  fs::create_directory_symlink("..", sources() + "/a/loop");
  fs::create_directory(sources() + "/empty");
  ASSERT_EQ(mkfifo((sources() + "/fifo").c_str(), 0600), 0);
  const std::string uri = "local://" + sources();
  EXPECT_EQ(Walk(uri + "/"), (Keys{"a-/x", "a.b", "a/b", "a0", "z/y"}));
  EXPECT_EQ(Walk(uri), (Keys{"a-/x", "a.b", "a/b", "a0", "z/y"}));
  EXPECT_EQ(last_address_, uri + "/z/y");
  EXPECT_EQ(Walk(uri + "/.dir/"), Keys{});
  Open({.import_hidden = true});
  EXPECT_EQ(Walk(uri), (Keys{".dir/x", ".hidden", "a-/x", "a.b", "a/b", "a0", "z/.x/y", "z/y"}));
  EXPECT_EQ(Walk(uri + "/.hidden", WalkKind::kObject), Keys{""});
}

TEST_F(LocalStoreTest, WalkRefusesSources) {
  WriteSource("a");
  const std::string uri = "local://" + sources();
  EXPECT_EQ(Walk("local:///etc/"), Keys{"forbidden: forbidden"});
  EXPECT_EQ(Walk(uri + "//a"), Keys{"address blocked: bad path traversal blocked"});
  EXPECT_EQ(Walk("local://" + sources().substr(1)),
            Keys{"address blocked: bad path traversal blocked"});
  EXPECT_EQ(Walk(uri + "/nothing/"),
            Keys{"io: open " + sources() + "/nothing: no such file or directory"});
  EXPECT_EQ(Walk(uri + "/a"), Keys{"io: open " + sources() + "/a: not a directory"});
  EXPECT_EQ(Walk(uri + "/100%/"),
            Keys{"invalid address: could not parse storage URI <nil>: parse \"" + uri +
                 "/100%/\": invalid URL escape \"%/\""});
  EXPECT_EQ(Walk(uri, WalkKind::kObject), Keys{"io: open " + sources() + ": invalid argument"});
  EXPECT_EQ(Walk(uri + "/.x", WalkKind::kObject),
            Keys{"forbidden: hidden files are not imported: " + sources() + "/.x"});
}

TEST_F(LocalStoreTest, WalkKeepsOddNames) {
  WriteSource("percent 100%/f0", "p");
  WriteSource("q?x#y/f0", "q");
  WriteSource("esc%41ped/f0", "e");
  const std::string uri = "local://" + sources();
  EXPECT_EQ(Walk(uri), (Keys{"esc%41ped/f0", "percent 100%/f0", "q?x#y/f0"}));
  EXPECT_EQ(Walk(uri + "/percent 100%25/"), Keys{"f0"});
  EXPECT_EQ(last_address_, uri + "/percent 100%/f0");
  EXPECT_EQ(GetObject(store(), {"", last_address_, AddressType::kFull}, 10).value(), "p");
  EXPECT_EQ(Walk(uri + "/q%3Fx%23y/f0", WalkKind::kObject), Keys{""});
  EXPECT_EQ(last_address_, uri + "/q?x#y/f0");
}

TEST_F(LocalStoreTest, WalkNamesWhatCannotBeRead) {
  WriteSource("ok/a");
  WriteSource("bad-\xff-name/b");
  EXPECT_EQ(Walk("local://" + sources()),
            Keys{"invalid value: name is not valid UTF-8: \"" + sources() + "/bad-\\xff-name/b\""});
  fs::remove_all(sources() + "/bad-\xff-name");
  if (getuid() != 0) GTEST_SKIP() << "needs root to act as another user";
  chmod(temp_.path().c_str(), 0755);
  WriteSource("secret/file");
  WriteSource("shut/file");
  chmod((sources() + "/secret/file").c_str(), 0);
  chmod((sources() + "/shut").c_str(), 0700);
  setfsuid(65534);  // of this thread only
  const Keys secret = Walk("local://" + sources() + "/secret/");
  const Keys shut = Walk("local://" + sources());
  setfsuid(0);
  EXPECT_EQ(secret, Keys{"io: open " + sources() + "/secret/file: permission denied"});
  EXPECT_EQ(shut, Keys{"io: open " + sources() + "/shut: permission denied"});
}

TEST_F(LocalStoreTest, WalkTakesBigDirectoriesAndFilesAndTimes) {
  Keys keys;
  for (int i = 0; i < 3000; ++i) {
    keys.push_back("big/" + std::string(static_cast<size_t>(i % 40), 'p') + std::to_string(i));
    WriteSource(keys.back());
  }
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(Walk("local://" + sources()), keys);
  WriteSource("one", std::string(2'000'000, 'b'));
  const timespec times[2] = {{1600000000, 0}, {1600000001, 123456789}};
  ASSERT_EQ(utimensat(AT_FDCWD, (sources() + "/one").c_str(), times, 0), 0);
  EXPECT_EQ(Walk("local://" + sources() + "/one", WalkKind::kObject), Keys{""});
  EXPECT_EQ(last_modified_, (Timestamp{1600000001, 123456789}));
}

}  // namespace
}  // namespace tarn::block
