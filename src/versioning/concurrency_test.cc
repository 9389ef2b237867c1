// Writers, committers, mergers, readers and the removal of tokens at the same time: what was
// acknowledged must be there. Meant for the thread sanitizer too.
#include <atomic>
#include <thread>

#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::Tree;
using testing::World;

/// Runs bodies on a thread each; the background ones again and again until the others are done.
class Crowd {
 public:
  void Work(std::function<void()> body) { workers_.emplace_back(std::move(body)); }
  void Background(std::function<void()> body) {
    background_.emplace_back([this, body = std::move(body)] {
      while (!done_) body();
    });
  }
  ~Crowd() {
    for (std::thread& thread : workers_) thread.join();
    done_ = true;
    for (std::thread& thread : background_) thread.join();
  }

 private:
  std::atomic<bool> done_ = false;
  std::vector<std::thread> workers_, background_;
};

void CommitIfAny(World& world, const char* branch) {
  const auto commit = world.CommitAll(branch);
  if (commit.code() != Code::kNoChanges) TARN_EXPECT_OK(commit.status());
}

std::string KeyOf(int writer, int i) {
  return "w" + std::to_string(writer) + "/" + std::to_string(i);
}

TEST(ConcurrencyTest, NoAcknowledgedWriteIsLost) {
  constexpr int kWriters = 4, kKeys = 60, kRounds = 400;
  World world;
  Tree expected[kWriters];  // Each writer's own keys; its thread's until it ends.
  {
    Crowd crowd;
    for (int writer = 0; writer < kWriters; ++writer) {
      crowd.Work([&, writer] {
        for (int i = 0; i < kRounds; ++i) {
          const std::string key = KeyOf(writer, (i * 7) % kKeys), text = std::to_string(i);
          if (i % 5 == 3) {
            TARN_EXPECT_OK(world.Delete("main", key, /*no_tombstone=*/i % 2 == 0));
            expected[writer].erase(key);
            EXPECT_EQ(world.Read("main", key).code(), Code::kNotFound) << key;
          } else {
            TARN_EXPECT_OK(world.Put("main", key, text));
            expected[writer][key] = text;
            EXPECT_EQ(Must(world.Read("main", key)), text) << key;
          }
        }
      });
    }
    crowd.Background([&] { CommitIfAny(world, "main"); });
    crowd.Background([&] { CommitIfAny(world, "main"); });
    crowd.Background([&] { world.DropTokens(); });
  }
  Tree all;
  for (const Tree& tree : expected) all.insert(tree.begin(), tree.end());
  EXPECT_EQ(world.ReadAll("main"), all);
  CommitIfAny(world, "main");
  world.DropTokens();
  EXPECT_EQ(world.ReadAll("main@"), all);
}

TEST(ConcurrencyTest, ListingsShowEveryAcknowledgedKey) {
  constexpr int kWriters = 2, kKeys = 400;
  World world;
  std::atomic<int> acknowledged[kWriters] = {};
  Crowd crowd;
  for (int writer = 0; writer < kWriters; ++writer) {
    crowd.Work([&, writer] {
      for (int i = 0; i < kKeys; ++i) {
        TARN_EXPECT_OK(world.Put("main", KeyOf(writer, i), "1"));
        acknowledged[writer] = i + 1;
      }
    });
  }
  crowd.Background([&] { CommitIfAny(world, "main"); });
  crowd.Background([&] { world.DropTokens(); });
  crowd.Background([&] {
    int before[kWriters];
    for (int writer = 0; writer < kWriters; ++writer) before[writer] = acknowledged[writer];
    const Tree tree = world.ReadAll("main");
    for (int writer = 0; writer < kWriters; ++writer) {
      for (int i = 0; i < before[writer]; ++i) {
        EXPECT_TRUE(tree.contains(KeyOf(writer, i))) << KeyOf(writer, i);
      }
    }
  });
}

TEST(ConcurrencyTest, OneWriterWinsAnAbsentPath) {
  constexpr int kWriters = 4, kRounds = 300;
  World world;
  std::atomic<int> wins[kRounds] = {};
  {
    Crowd crowd;
    for (int writer = 0; writer < kWriters; ++writer) {
      crowd.Work([&, writer] {
        for (int i = 0; i < kRounds; ++i) {
          const Status put =
              world.Put("main", std::to_string(i), std::to_string(writer), SetCondition::kAbsent);
          if (put.ok()) {
            ++wins[i];
          } else {
            EXPECT_EQ(put.code(), Code::kPreconditionFailed) << put.ToString();
          }
        }
      });
    }
    crowd.Background([&] { CommitIfAny(world, "main"); });
    crowd.Background([&] { world.DropTokens(); });
  }
  for (int i = 0; i < kRounds; ++i) EXPECT_EQ(wins[i], 1) << i;
}

TEST(ConcurrencyTest, CommitsOfOneBranchFormALine) {
  constexpr int kCommitters = 4, kRounds = 60;
  World world;
  {
    Crowd crowd;
    for (int committer = 0; committer < kCommitters; ++committer) {
      crowd.Work([&, committer] {
        for (int i = 0; i < kRounds; ++i) {
          TARN_EXPECT_OK(world.Put("main", KeyOf(committer, i), "1"));
          CommitIfAny(world, "main");  // Another's commit may have taken it already.
        }
      });
    }
    crowd.Background([&] { world.DropTokens(); });
  }
  EXPECT_EQ(world.ReadAll("main@").size(), size_t{kCommitters * kRounds});
  EXPECT_TRUE(world.BranchRecord("main").sealed_tokens.empty());
  // Each commit adds to its parent's tree: no commit went missing in between.
  size_t keys = world.ReadAll("main@").size();
  TARN_EXPECT_OK(world.refs.Log(world.repository, {.start = world.BranchRecord("main").commit},
                                [&](const refs::CommitNode& commit) -> Result<bool> {
                                  const size_t older = world.ReadAll(commit.id.str()).size();
                                  EXPECT_LE(older, keys);
                                  keys = older;
                                  return true;
                                }));
}

TEST(ConcurrencyTest, MergesAndWritesMeet) {
  constexpr int kRounds = 60;
  World world;
  TARN_EXPECT_OK(world.Branch("dev"));
  {
    Crowd crowd;
    crowd.Work([&] {
      for (int i = 0; i < kRounds; ++i) {
        TARN_EXPECT_OK(world.Put("dev", KeyOf(0, i), "1"));
        TARN_EXPECT_OK(world.CommitAll("dev"));
        const Code code = world.MergeInto("main", "dev").code();
        EXPECT_TRUE(code == Code::kOk || code == Code::kDirtyBranch) << CodeName(code);
      }
    });
    crowd.Work([&] {
      for (int i = 0; i < kRounds; ++i) {
        TARN_EXPECT_OK(world.Put("main", KeyOf(1, i), "1"));
        std::this_thread::yield();
        CommitIfAny(world, "main");
      }
    });
    crowd.Background([&] { world.DropTokens(); });
  }
  TARN_EXPECT_OK(Merge(
      world.context, world.repository,
      {.source = "dev", .destination = BranchId("main"), .committer = "t", .allow_empty = true}));
  EXPECT_EQ(world.ReadAll("main").size(), size_t{2 * kRounds});
}

}  // namespace
}  // namespace tarn::versioning
