// Runs an operation with others coming between all its steps: two interruptions per run, at all
// pairs of calls to the KV.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "versioning/testing/world.h"

namespace tarn::versioning::testing {

/// No operation makes more calls than this.
inline constexpr int kCallsMax = 60;

/// Runs `body` as another server on the same stores would: it shares no locks with what it
/// interrupts.
inline void AsAnotherServer(World& world, const std::function<void()>& body) {
  const auto own = std::exchange(world.context.state, std::make_shared<State>());
  body();
  world.context.state = own;
}

/// What others may do at any time: commit everything and remove the tokens; busy ones add a key
/// first, so that the staging token is always exchanged.
class OtherCommits {
 public:
  OtherCommits(World& world, bool busy) : world_(world), busy_(busy) {}
  void operator()() {
    if (busy_) {
      const std::string key = "other" + std::to_string(keys_.size());
      TARN_EXPECT_OK(world_.Put("main", key, "1"));
      keys_.insert(key);
    }
    AsAnotherServer(world_, [&] {
      const Code code = world_.CommitAll("main").code();
      EXPECT_TRUE(code == Code::kOk || (!busy_ && code == Code::kNoChanges)) << CodeName(code);
    });
    world_.DropTokens();
  }
  /// `tree` with the keys that were added.
  Tree With(Tree tree) const {
    for (const std::string& key : keys_) tree[key] = "1";
    return tree;
  }

 private:
  World& world_;
  const bool busy_;
  std::set<std::string> keys_;
};

/// What a run begins with: committed and sealed values, and, unless the staging token shall be
/// empty, staged ones and tombstones over the others.
struct Start {
  bool staged, busy;
  void Prepare(World& world) const {
    for (const char* path : {"committed", "buried", "both"}) {
      TARN_EXPECT_OK(world.Put("main", path, "0"));
    }
    TARN_EXPECT_OK(world.CommitAll("main"));
    TARN_EXPECT_OK(world.Put("main", "sealed", "0"));
    world.Seal();
    if (staged) {
      TARN_EXPECT_OK(world.Put("main", "staged", "0"));
      TARN_EXPECT_OK(world.Put("main", "both", "1"));
      TARN_EXPECT_OK(world.Delete("main", "buried"));
    }
    world.DropTokens();
  }
  Tree tree() const {
    if (staged) return {{"both", "1"}, {"committed", "0"}, {"sealed", "0"}, {"staged", "0"}};
    return {{"both", "0"}, {"buried", "0"}, {"committed", "0"}, {"sealed", "0"}};
  }
};

inline const Start kStarts[] = {{true, true}, {true, false}, {false, true}, {false, false}};
inline const char* const kPaths[] = {"committed", "buried", "both", "sealed", "staged", "new"};

/// Runs `body` in a new world for all pairs of interruption points. `body` arms the world's KV with
/// the pair and returns how often it was interrupted.
inline void AllInterleavings(const std::function<int(World&, const std::vector<int>&)>& body) {
  int runs = 0;
  for (int first = 0; first < kCallsMax; ++first) {
    for (int second = first; second < kCallsMax; ++second) {
      World world;
      SCOPED_TRACE("interrupted before calls " + std::to_string(first) + " and " +
                   std::to_string(second));
      const int interrupted = body(world, {first, second});
      if (::testing::Test::HasFailure()) return;
      ++runs;
      if (interrupted == 0) {
        EXPECT_GT(runs, 3);  // Else nothing was interrupted at all.
        return;
      }
      if (interrupted == 1 && second > first) break;
    }
  }
  ADD_FAILURE() << "more than " << kCallsMax << " calls";
}

/// The same from every start, on every path.
inline void AllStarts(const std::function<int(World&, const Start&, const std::string& path,
                                              const std::vector<int>&)>& body) {
  for (const Start& start : kStarts) {
    for (const std::string path : kPaths) {
      SCOPED_TRACE(path + (start.staged ? ", staged" : "") + (start.busy ? ", busy" : ""));
      AllInterleavings([&](World& world, const std::vector<int>& calls) {
        start.Prepare(world);
        return body(world, start, path, calls);
      });
    }
  }
}

/// Checks that the branch holds `expected`, now and committed.
inline void ExpectTree(World& world, const Tree& expected) {
  EXPECT_EQ(world.ReadAll("main"), expected);
  const Code code = world.CommitAll("main").code();
  EXPECT_TRUE(code == Code::kOk || code == Code::kNoChanges) << CodeName(code);
  world.DropTokens();
  EXPECT_EQ(world.ReadAll("main@"), expected);
}

}  // namespace tarn::versioning::testing
