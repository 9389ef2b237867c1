// Power cuts at random moments: what was committed is whole and there, nothing is torn.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "base/random.h"
#include "block/local/local_store.h"
#include "block/testing/crash_files.h"

namespace tarn::block {
namespace {

constexpr std::string_view kNamespace = "local://repo/ns";
constexpr const char* kRoot = "/machine/deep/objects";

std::string ContentOf(const std::string& name, int version) {
  const std::string line = name + " version " + std::to_string(version) + "\n";
  const size_t lines = 1 + std::hash<std::string>()(line) % 9000;
  std::string content;
  for (size_t i = 0; i < lines; ++i) content += line;
  return content;
}

/// What one thread tried and what it was promised, by name.
struct Story {
  std::map<std::string, int> tried, promised;  ///< Versions count from 1; of its own names.
  std::set<std::string> shared;                ///< Promised, of the names that all threads store.
};

/// Stores an object that others store too, with the same content: its name tells that.
void WorkOnShared(ObjectStore& store, uint64_t random, Story* story) {
  const std::string name = "_lakefs/shared-" + std::to_string(random % 12);
  const Status status = ToStatus(PutByContent(store, {kNamespace, name}, ContentOf(name, 1)));
  if (status.ok()) story->shared.insert(name);
}

/// Writes new names and replaces old ones until the power fails.
void Work(ObjectStore& store, const CrashFiles& files, int thread, uint64_t seed, Story* story) {
  std::mt19937_64 random(seed * 131 + static_cast<uint64_t>(thread));
  for (int i = 0; i < 60 && !files.crashed(); ++i) {
    if (random() % 3 == 0) {
      WorkOnShared(store, random(), story);
      continue;
    }
    const std::string name = "data/part-" + std::to_string(random() % 3) + "/t" +
                             std::to_string(thread) + "-" + std::to_string(random() % 20);
    const int version = ++story->tried[name];
    const std::string content = ContentOf(name, version);
    Status status;
    if (random() % 4 == 0) {
      const std::string other = name + ".scratch";
      const ObjectPointer scratch{kNamespace, other};
      status = ToStatus(PutObject(store, scratch, content));
      if (status.ok())
        status = ToStatus(store.Copy(scratch, {kNamespace, name}, {.may_share = true}));
    } else {
      status = ToStatus(PutObject(store, {kNamespace, name}, content));
    }
    if (status.ok()) story->promised[name] = version;
  }
}

/// What of the story is not as it must be, as sentences.
void CheckAfterwards(ObjectStore& store, const Story& story, std::vector<std::string>* problems) {
  for (const auto& [name, tried] : story.tried) {
    const auto promise = story.promised.find(name);
    const int promised = promise == story.promised.end() ? 0 : promise->second;
    const auto got = GetObject(store, {kNamespace, name}, 1 << 30);
    if (got.code() == Code::kDataNotFound) {
      if (promised > 0) problems->push_back(name + " was acknowledged and is gone");
      continue;
    }
    bool whole = false;
    for (int version = std::max(promised, 1); got.ok() && version <= tried; ++version) {
      whole = whole || *got == ContentOf(name, version);
    }
    if (!whole) problems->push_back(name + " is torn, or older than acknowledged");
  }
  for (const std::string& name : story.shared) {
    const auto got = GetObject(store, {kNamespace, name}, 1 << 30);
    if (!got.ok()) problems->push_back(name + " was acknowledged and is gone");
    if (got.ok() && *got != ContentOf(name, 1)) problems->push_back(name + " is torn");
  }
}

std::unique_ptr<LocalStore> OpenStore(CrashFiles& files) {
  LocalStoreOptions options;
  options.root = kRoot;
  auto store = LocalStore::Open(options, SystemClock(), files);
  EXPECT_TRUE(store.ok()) << store.status().ToString();
  return store.ok() ? *std::move(store) : nullptr;
}

/// Works, loses power or is killed, twice, and loses power in the end; returns what was wrong
/// afterwards.
std::vector<std::string> RunOnce(const CrashFiles::Options& options) {
  std::mt19937_64 random(options.seed);
  CrashFiles files(options);
  std::vector<Story> stories(3);
  std::vector<std::string> problems;
  for (const uint64_t calls : {random() % 30, random() % 30}) {  // killed while it starts
    files.CrashAfter(static_cast<int64_t>(calls));
    LocalStoreOptions first;
    first.root = kRoot;
    IgnoreError(ToStatus(LocalStore::Open(first, SystemClock(), files)), "it was killed");
    files.KillProgram();
  }
  for (int life = 0; life < 4; ++life) {
    const auto store = OpenStore(files);
    if (!store) return problems;
    for (const Story& story : stories) CheckAfterwards(*store, story, &problems);
    if (life == 3) break;
    files.CrashAfter(1 + static_cast<int64_t>(random() % 700));
    files.FailSyncs(options.seed % 2 == 0 ? 0 : 10);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        const uint64_t seed = options.seed + static_cast<uint64_t>(life);
        Work(*store, files, t, seed, &stories[static_cast<size_t>(t)]);
      });
    }
    for (std::thread& thread : threads) thread.join();
    files.FailSyncs(0);
    if (life < 2 && random() % 2 == 0) {
      files.KillProgram();
    } else {
      files.Reboot();
    }
  }
  const int temporary = files.OpenDirectory(kNoDirectory, "/machine/deep/objects/.tarn/tmp");
  std::vector<DirectoryEntry> left;
  if (files.List(temporary, &left) != 0 || !left.empty()) problems.push_back("stale files remain");
  return problems;
}

TEST(LocalStoreCrash, KeepsWhatItAcknowledged) {
  const uint64_t first = SystemRandom().Next64() % 1'000'000'000;
  for (uint64_t seed = first; seed < first + 150; ++seed) {
    const auto problems = RunOnce({.seed = seed, .unnamed_files = seed % 3 != 0});
    ASSERT_TRUE(problems.empty()) << "seed " << seed << ": " << problems.front();
  }
}

TEST(LocalStoreCrash, KeepsLargeObjectsWhole) {
  constexpr size_t kSizes[] = {16 << 20, (16 << 20) + 1, (17 << 20) - 1, (19 << 20) + 4096 + 17};
  CrashFiles files({.seed = 5});
  const auto content = [](size_t size) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
    return bytes;
  };
  {
    const auto store = OpenStore(files);
    for (const size_t size : kSizes) {
      const std::string name = std::to_string(size), bytes = content(size);
      const auto writer = store->Create({kNamespace, name}, {static_cast<int64_t>(size)});
      ASSERT_TRUE(writer.ok());
      // Pieces that fit no block.
      for (size_t at = 0; at < size; at += 77'777) {
        const std::string_view piece = std::string_view(bytes).substr(at, 77'777);
        ASSERT_TRUE((*writer)->Write(piece).ok());
      }
      const auto committed = (*writer)->Commit();
      ASSERT_TRUE(committed.ok()) << committed.status().ToString();
      EXPECT_EQ(committed->size, static_cast<int64_t>(size));
    }
    files.CrashAfter(0);
  }
  files.Reboot();
  const auto store = OpenStore(files);
  for (const size_t size : kSizes) {
    const std::string name = std::to_string(size);
    const auto got = GetObject(*store, {kNamespace, name}, 1 << 30);
    ASSERT_TRUE(got.ok()) << got.status().ToString();
    EXPECT_TRUE(*got == content(size)) << name;
  }
}

TEST(LocalStoreCrash, RemovedObjectsStayAway) {
  const std::vector<std::string> names = {"a/1", "a/2", "b/1", "top", "a/never"};
  for (uint64_t seed = 1; seed < 20; ++seed) {
    CrashFiles files({.seed = seed});
    {
      const auto store = OpenStore(files);
      for (size_t i = 0; i + 1 < names.size(); ++i)
        ASSERT_TRUE(PutObject(*store, {kNamespace, names[i]}, "x").ok());
      const Status removed = store->RemoveAll(kNamespace, names);
      ASSERT_TRUE(removed.ok()) << removed.ToString();
      files.CrashAfter(0);
    }
    files.Reboot();
    const auto store = OpenStore(files);
    for (const std::string& name : names)
      EXPECT_FALSE(store->Stat({kNamespace, name}).value()) << name << " with seed " << seed;
  }
}

TEST(LocalStoreCrash, IsNoticedWhenTheDiskLies) {
  std::vector<std::string> torn, gone;
  for (uint64_t seed = 1; seed < 40 && (torn.empty() || gone.empty()); ++seed) {
    if (torn.empty()) torn = RunOnce({.seed = seed, .sync_files = false});
    // Without any durable name even the root is gone: then there is no store to open.
    if (gone.empty()) gone = RunOnce({.seed = seed, .sync_directories = false});
  }
  EXPECT_FALSE(torn.empty());
  EXPECT_FALSE(gone.empty());
}

}  // namespace
}  // namespace tarn::block
