#include "versioning/gc/gc_commits.h"

#include <random>
#include <set>

#include "versioning/gc/gc_history.h"
#include "versioning/gc/gc_rules.h"
#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

constexpr int64_t kDay = 24 * 3600;
constexpr int64_t kNow = 1'700'000'000;

class GcCommitsTest : public ::testing::Test {
 protected:
  /// Adds a commit `age` days old.
  CommitId Add(int age, std::vector<CommitId> parents, int32_t version = 1) {
    refs::Commit commit;
    commit.message = std::to_string(count_++);
    commit.created = {kNow - age * kDay, 0};
    commit.parents = std::move(parents);
    commit.version = version;
    return Must(world_.refs.AddCommit(world_.repository, commit)).id;
  }
  void Branch(const std::string& name, const CommitId& head) {
    TARN_EXPECT_OK(
        world_.refs.CreateBranch(world_.repository, {.id = BranchId(name), .commit = head}));
  }
  /// What is kept, besides the world's first commit, which is main's head.
  std::set<CommitId> Active(const GcRules& rules) {
    auto history = Must(GcHistory::Load(world_.context, world_.repository, [] { return false; }));
    std::set<CommitId> active;
    for (const auto& commit : history.Active(rules, kNow)) active.emplace(commit.id);
    EXPECT_EQ(active.erase(world_.BranchRecord("main").commit), 1u);
    return active;
  }

  World world_;
  int count_ = 0;
};

TEST_F(GcCommitsTest, KeepsWhatIsYoungAndTheFirstOlderOne) {
  const CommitId a = Add(40, {}), b = Add(30, {a}), c = Add(10, {b}), d = Add(1, {c});
  Branch("dev", d);
  EXPECT_EQ(Active({.default_retention_days = 7}), (std::set{d, c}));
  EXPECT_EQ(Active({.default_retention_days = 20}), (std::set{d, c, b}));
  EXPECT_EQ(Active({.default_retention_days = 100}), (std::set{d, c, b, a}));
  EXPECT_EQ(Active({.default_retention_days = 0}), (std::set{d}));
  EXPECT_EQ(Active({.default_retention_days = 0, .branch_retention_days = {{"dev", 20}}}),
            (std::set{d, c, b}));
}

TEST_F(GcCommitsTest, DanglingHeadsFollowTheDefault) {
  const CommitId a = Add(40, {}), b = Add(5, {a}), old = Add(39, {a});
  Branch("dev", a);
  EXPECT_EQ(Active({.default_retention_days = 7}), (std::set{a, b}));
  EXPECT_EQ(Active({.default_retention_days = 1}), (std::set{a}));
  EXPECT_EQ(Active({.default_retention_days = 39 + 1}), (std::set{a, b, old}));
}

TEST_F(GcCommitsTest, GoesByMainParents) {
  const CommitId a = Add(40, {}), b = Add(39, {a}), c = Add(38, {a});
  const CommitId merge = Add(1, {b, c});
  const CommitId old_merge = Add(1, {b, c}, /*version=*/0);
  Branch("dev", merge);
  EXPECT_EQ(Active({.default_retention_days = 7}), (std::set{merge, b, c, old_merge}));
  Branch("c", c);
  EXPECT_EQ(Active({.default_retention_days = 7}), (std::set{merge, b, c, old_merge}));
}

/// The definition: walks from every start, without a stop.
std::set<int> Expected(const std::vector<int>& parents, const std::vector<int>& ages,
                       const std::vector<std::pair<int, int>>& heads, int default_days) {
  std::set<int> active;
  const auto walk = [&](int at, int days, bool is_head) {
    if (is_head || ages[static_cast<size_t>(at)] < days) active.insert(at);
    while (parents[static_cast<size_t>(at)] >= 0) {
      const bool keeps = ages[static_cast<size_t>(at)] < days;
      at = parents[static_cast<size_t>(at)];
      if (keeps) active.insert(at);
    }
  };
  std::set<int> starts;
  for (size_t i = 0; i < parents.size(); ++i) starts.insert(static_cast<int>(i));
  for (const int parent : parents) starts.erase(parent);
  for (const auto& [at, days] : heads) {
    walk(at, days, true);
    starts.erase(at);
  }
  for (const int at : starts) walk(at, default_days, false);
  return active;
}

TEST_F(GcCommitsTest, RandomHistories) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    World world;
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    std::vector<int> parents, ages;
    std::vector<CommitId> ids;
    for (int i = 0; i < 30; ++i) {
      parents.push_back(i == 0 ? -1 : below(i));
      ages.push_back(below(50));  // Children may be older than their parents: dates are free.
      refs::Commit commit;
      commit.message = std::to_string(i);
      commit.created = {kNow - ages.back() * kDay, 0};
      if (i > 0) commit.parents = {ids[static_cast<size_t>(parents.back())]};
      ids.push_back(Must(world.refs.AddCommit(world.repository, commit)).id);
    }
    GcRules rules = {.default_retention_days = below(40)};
    std::vector<std::pair<int, int>> heads;
    for (int i = 0; i < 5; ++i) {
      const std::string name = "b" + std::to_string(i);
      const int head = below(30), days = below(40);
      rules.branch_retention_days[name] = days;
      heads.emplace_back(head, days);
      TARN_EXPECT_OK(world.refs.CreateBranch(
          world.repository, {.id = BranchId(name), .commit = ids[static_cast<size_t>(head)]}));
    }
    std::set<std::string> expected = {world.BranchRecord("main").commit.str()};
    for (const int at : Expected(parents, ages, heads, rules.default_retention_days)) {
      expected.insert(ids[static_cast<size_t>(at)].str());
    }
    auto history = Must(GcHistory::Load(world.context, world.repository, [] { return false; }));
    std::set<std::string> active;
    for (const auto& commit : history.Active(rules, kNow)) active.emplace(commit.id);
    ASSERT_EQ(active, expected);
  }
}

TEST_F(GcCommitsTest, AMissingCommitKeepsWhatMayLieBehind) {
  World world;
  const auto add = [&](const std::string& message, std::vector<CommitId> parents) {
    refs::Commit commit;
    commit.message = message;
    commit.created = {kNow - 100 * kDay, 0};
    commit.parents = std::move(parents);
    return Must(world.refs.AddCommit(world.repository, commit)).id;
  };
  const CommitId old = add("old", {}), behind = add("behind", {old});
  const CommitId missing(std::string(64, 'a'));
  const CommitId head = add("head", {missing});
  const auto active = [&] {
    auto history = Must(GcHistory::Load(world.context, world.repository, [] { return false; }));
    std::set<std::string> ids;
    for (const auto& commit : history.Active({.default_retention_days = 1}, kNow)) {
      ids.emplace(commit.id);
    }
    return ids;
  };
  EXPECT_TRUE(active().contains(head.str()));
  EXPECT_TRUE(active().contains(behind.str()));
  EXPECT_TRUE(active().contains(old.str()));
  TARN_EXPECT_OK(
      world.refs.CreateBranch(world.repository, {.id = BranchId("b"), .commit = missing}));
  EXPECT_TRUE(active().contains(old.str()));
}

TEST_F(GcCommitsTest, WritesTheList) {
  TARN_EXPECT_ERROR(PrepareGcCommits(world_.context, world_.repository), Code::kNotFound,
                    "get gc rules: not found");
  TARN_EXPECT_OK(SetGcRules(world_.context, world_.repository, {.default_retention_days = 7}));
  TARN_EXPECT_OK(world_.Put("main", "a", "1"));
  const refs::Commit head = Must(world_.CommitAll("main"));
  const GcCommitsRun run = Must(PrepareGcCommits(world_.context, world_.repository));
  const std::string list = Must(
      block::GetObject(world_.objects, {world_.kNamespace.view(), run.commits_address}, 10'000));
  EXPECT_TRUE(list.starts_with("commit_id,expired,metarange_id\n")) << list;
  EXPECT_NE(list.find(head.id.str() + ",false," + head.metarange.str() + "\n"), std::string::npos);
  EXPECT_NE(list.find(head.parents[0].str() + ",false,\n"), std::string::npos);
  EXPECT_EQ(run.commits_location,
            "mem://bucket/repo/_lakefs/retention/gc/commits/run_id=" + run.run_id + "/commits.csv");
  const GcCommitsRun later = Must(PrepareGcCommits(world_.context, world_.repository));
  EXPECT_LT(later.run_id, run.run_id);
  world_.repository.read_only = true;
  EXPECT_EQ(PrepareGcCommits(world_.context, world_.repository).code(), Code::kReadOnlyRepository);
}

}  // namespace
}  // namespace tarn::versioning
