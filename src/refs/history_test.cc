// Ref expressions, merge bases and the log.

#include <gmock/gmock.h>

#include <iterator>
#include <random>
#include <set>

#include "codec/json.h"
#include "codec/testing/golden_data.h"
#include "refs/commit_cache.h"
#include "refs/testing/refs_fixture.h"

namespace tarn::refs {
namespace {

using testing::ElementsAre;

class History : public RefsTest {
 protected:
  std::vector<std::string> LogOf(LogRequest request, size_t amount = 1000) {
    std::vector<std::string> messages;
    const Status status = refs_.Log(repository_, request, [&](const CommitNode& c) -> Result<bool> {
      TARN_TRY_ASSIGN(const auto commit, refs_.GetCommit(repository_, c.id));
      messages.push_back(commit->message);
      return messages.size() < amount;
    });
    EXPECT_TRUE(status.ok()) << status.ToString();
    return messages;
  }
  std::string MergeBase(const CommitId& from, const CommitId& to) {
    const auto base = refs_.FindMergeBase(repository_, from, to);
    if (!base.ok()) return base.status().ToString();
    return *base ? (*base)->message : "none";
  }
  // What an expression gives: the commit's message, or the error.
  std::string Resolve(std::string_view expression) {
    const auto commit = refs_.ResolveCommit(repository_, expression);
    return commit.ok() ? commit->message : std::string(commit.status().message());
  }
};

// The repository of the scenario "ref-expressions".
class Expressions : public History {
 protected:
  Expressions() {
    const CommitId root = Add("Repository created");
    one_ = Add("one", {root});
    const CommitId two = Add("two", {one_});
    const CommitId side = Add("side one", {two});
    const CommitId three = Add("three", {two});
    merged_ = Add("merged", {three, side});
    EXPECT_TRUE(refs_.CreateBranch(repository_, MakeBranch("main", merged_)).ok());
    EXPECT_TRUE(refs_.CreateBranch(repository_, MakeBranch("side", side)).ok());
    EXPECT_TRUE(refs_.CreateTag(repository_, Tag{TagId("release"), merged_}).ok());
  }
  CommitId one_, merged_;
};

// Fills "${c1}", "${m1:6}" and "${repeat:0:64}".
std::string Substitute(std::string text, const CommitId& c1, const CommitId& m1) {
  size_t begin;
  while ((begin = text.find("${")) != std::string::npos) {
    const size_t end = text.find('}', begin);
    const std::string name = text.substr(begin + 2, end - begin - 2);
    std::string value = name.starts_with("c1") ? c1.str() : m1.str();
    if (name == "repeat:0:64") value = std::string(64, '0');
    if (name.size() > 3 && name[2] == ':') value.resize(std::stoul(name.substr(3)));
    text.replace(begin, end - begin + 1, value);
  }
  return text;
}

TEST_F(Expressions, AnswersOfTheReference) {
  const auto text = ReadGolden("conformance/golden/ref-expressions.json");
  if (!text) GTEST_SKIP() << "no golden answers";
  const auto golden = ParseJson(*text);
  ASSERT_TRUE(golden.ok());
  int compared = 0;
  for (const Json& step : golden->Find("steps")->items()) {
    const std::string_view name = *step.StringAt("name");
    if (!name.starts_with("log [e=")) continue;
    const size_t begin = std::string_view("log [e=").size();
    const std::string expression =
        Substitute(std::string(name.substr(begin, name.find(", x=") - begin)), one_, merged_);
    const Json* const answer = step.Find("json");
    std::string expected = "ref: invalid value: validation error";  // Where it crashed.
    if (step.IntAt("status") == 200) {
      expected = *answer->Find("results")->items()[0].StringAt("message");
    } else if (answer != nullptr) {
      expected = answer->StringAt("message")->substr(std::string_view("ref: ").size());
    }
    EXPECT_EQ(Resolve(expression), expected) << expression;
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST_F(Expressions, Kinds) {
  auto resolved = refs_.Resolve(repository_, "main");
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(resolved->kind, Resolved::Kind::kBranch);
  EXPECT_EQ(resolved->branch->id, BranchId("main"));
  EXPECT_TRUE(resolved->with_staging);
  EXPECT_FALSE(resolved->staging_marked);
  resolved = refs_.Resolve(repository_, "main@");
  EXPECT_EQ(resolved->kind, Resolved::Kind::kBranch);
  EXPECT_FALSE(resolved->with_staging);
  resolved = refs_.Resolve(repository_, "main$");
  EXPECT_TRUE(resolved->with_staging);
  EXPECT_TRUE(resolved->staging_marked);
  EXPECT_EQ(refs_.ResolveCommit(repository_, "main$").status().message(),
            "ref: invalid value: validation error: should point to a commit");
  for (const char* text : {"main~0", "main^0", "main~1", "main^2"}) {
    resolved = refs_.Resolve(repository_, text);
    EXPECT_EQ(resolved->kind, Resolved::Kind::kCommit) << text;
    EXPECT_FALSE(resolved->with_staging) << text;
    EXPECT_FALSE(resolved->branch) << text;
  }
  resolved = refs_.Resolve(repository_, "release");
  EXPECT_EQ(resolved->kind, Resolved::Kind::kTag);
  EXPECT_FALSE(resolved->with_staging);
  resolved = refs_.Resolve(repository_, one_.view().substr(0, 10));
  EXPECT_EQ(resolved->kind, Resolved::Kind::kCommit);
  EXPECT_EQ(resolved->commit.id, one_);
}

TEST_F(Expressions, OrderOfMeanings) {
  // A branch named as the beginning of a commit id wins over the commit, and over a tag.
  const std::string prefix(one_.view().substr(0, 8));
  EXPECT_EQ(Resolve(prefix), "one");
  ASSERT_TRUE(refs_.CreateTag(repository_, Tag{TagId(prefix), merged_}).ok());
  EXPECT_EQ(Resolve(prefix), "merged");
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch(prefix, Add("branch"))).ok());
  EXPECT_EQ(Resolve(prefix), "branch");
  // The whole id is the commit, whatever else has that name.
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch(one_.view(), merged_)).ok());
  EXPECT_EQ(Resolve(one_.view()), "one");
  // 64 digits that are no commit may be a branch.
  const std::string digits(64, 'f');
  EXPECT_EQ(Resolve(digits), "not found");
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch(digits, merged_)).ok());
  EXPECT_EQ(Resolve(digits), "merged");
}

TEST_F(Expressions, AmbiguousPrefix) {
  std::map<char, int> count;
  char shared = 0;
  for (int i = 0; shared == 0; ++i) {
    const char first = Add("filler " + std::to_string(i)).view()[0];
    if (++count[first] == 2) shared = first;
  }
  EXPECT_EQ(Resolve(std::string(1, shared)), "not found");
}

TEST_F(Expressions, HostileInput) {
  for (const std::string& text :
       {std::string(""), std::string("\0", 1), std::string(70'000, 'a'), std::string("main~+-1"),
        std::string("main~ 1"), std::string("main~0x1"), std::string("main^1.0"),
        std::string("a b"), std::string("../../repos"), std::string("\xff\xfe")}) {
    EXPECT_FALSE(refs_.Resolve(repository_, text).ok()) << text.substr(0, 20);
  }
  EXPECT_EQ(Resolve("main~+1"), "three");
  EXPECT_EQ(Resolve("main~9223372036854775807"), "not found");
  EXPECT_EQ(Resolve("main^-9223372036854775808"), "ref: invalid value: validation error");
}

TEST_F(Expressions, BranchWithoutACommit) {
  ASSERT_TRUE(refs_.CreateBranch(repository_, MakeBranch("empty", CommitId())).ok());
  EXPECT_EQ(Resolve("empty"), "ref: invalid value: validation error: no commit");
}

TEST_F(History, MergeBaseSimple) {
  const CommitId root = Add("root");
  const CommitId a = Add("a", {root});
  const CommitId b = Add("b", {root});
  const CommitId a2 = Add("a2", {a});
  const CommitId lone = Add("lone");
  EXPECT_EQ(MergeBase(a2, b), "root");
  EXPECT_EQ(MergeBase(b, a2), "root");
  EXPECT_EQ(MergeBase(a, a), "a");
  EXPECT_EQ(MergeBase(a2, root), "root");
  EXPECT_EQ(MergeBase(root, a2), "root");
  EXPECT_EQ(MergeBase(a, lone), "none");
  EXPECT_EQ(MergeBase(a, CommitId("missing")), "commit not found: commit not found");
}

TEST_F(History, MergeBaseAfterMerges) {
  const CommitId root = Add("root");
  const CommitId a = Add("a", {root});
  const CommitId b = Add("b", {root});
  const CommitId merged = Add("merged", {a, b});
  const CommitId b2 = Add("b2", {b});
  EXPECT_EQ(MergeBase(merged, b2), "b");
  EXPECT_EQ(MergeBase(b2, merged), "b");
}

TEST_F(History, MergeBaseIsNoAncestorOfAnother) {
  const CommitId root = Add("root");
  const CommitId added = Add("added", {root});
  const CommitId merged = Add("merged", {root, added});
  const CommitId other = Add("other", {root, added});
  const CommitId undone = Add("undone", {other});
  EXPECT_EQ(MergeBase(merged, undone), "added");
  EXPECT_EQ(MergeBase(undone, merged), "added");
}

TEST_F(History, MissingRecordsAreNoMatterOnceThereIsABase) {
  Commit broken;
  broken.message = "broken";
  broken.parents = {CommitId("missing")};
  broken.generation = 2;
  const CommitId side = refs_.AddCommit(repository_, broken)->id;
  const CommitId base = Add("base", {Add("root")});
  const CommitId left = Add("left", {base, side});
  const CommitId right = Add("right", {base});
  EXPECT_EQ(MergeBase(left, right), "base");
  EXPECT_EQ(MergeBase(Add("lone"), side), "commit not found: commit not found");
}

// The search of the reference with a plain list for a heap; times are distinct, so nothing depends
// on the heap.
std::optional<CommitId> ModelMergeBase(const std::map<CommitId, Commit>& commits, CommitId from,
                                       CommitId to) {
  std::map<CommitId, std::set<char>> sides;
  sides[from].insert('f');
  sides[to].insert('t');
  if (from == to) return from;
  std::vector<CommitId> open = {from, to};
  while (!open.empty()) {
    const auto next = std::max_element(open.begin(), open.end(), [&](auto& a, auto& b) {
      const Commit &x = commits.at(a), &y = commits.at(b);
      return std::tie(x.generation, x.created) < std::tie(y.generation, y.created);
    });
    const CommitId child = *next;
    open.erase(next);
    for (const CommitId& parent : commits.at(child).parents) {
      if (!sides.contains(parent)) open.push_back(parent);
      sides[parent].insert(sides[child].begin(), sides[child].end());
      if (sides[parent].size() == 2) return parent;
    }
  }
  return std::nullopt;
}

TEST_F(History, MergeBaseOfRandomHistories) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    std::vector<CommitId> ids;
    std::map<CommitId, Commit> commits;
    std::map<CommitId, std::set<CommitId>> ancestors;  // With the commit itself.
    for (int i = 0; i < 30; ++i) {
      std::vector<CommitId> parents;
      for (uint32_t n = ids.empty() ? 0 : random() % 3; n > 0; --n) {
        const CommitId& parent = ids[ids.size() - 1 - random() % std::min<size_t>(ids.size(), 6)];
        if (std::find(parents.begin(), parents.end(), parent) == parents.end()) {
          parents.push_back(parent);
        }
      }
      const CommitId id = Add(std::to_string(round) + "/" + std::to_string(i), parents);
      ancestors[id].insert(id);
      for (const auto& p : parents) ancestors[id].insert(ancestors[p].begin(), ancestors[p].end());
      commits[id] = **refs_.GetCommit(repository_, id);
      ids.push_back(id);
    }
    for (int pair = 0; pair < 60; ++pair) {
      const CommitId from = ids[random() % ids.size()], to = ids[random() % ids.size()];
      const auto base = refs_.FindMergeBase(repository_, from, to);
      ASSERT_TRUE(base.ok());
      const auto found = *base ? std::optional((*base)->id) : std::nullopt;
      std::set<CommitId> best;
      std::set_intersection(ancestors[from].begin(), ancestors[from].end(), ancestors[to].begin(),
                            ancestors[to].end(), std::inserter(best, best.end()));
      const std::set<CommitId> common = best;
      for (const CommitId& id : common) {
        for (const CommitId& behind : ancestors[id]) {
          if (behind != id) best.erase(behind);
        }
      }
      const auto of_reference = ModelMergeBase(commits, from, to);
      EXPECT_EQ(found.has_value(), of_reference.has_value());
      const auto all = refs_.FindMergeBases(repository_, {&from, 1}, to);
      ASSERT_TRUE(all.ok());
      EXPECT_EQ(std::set<CommitId>(all->begin(), all->end()), best);
      EXPECT_EQ(all->size(), best.size());
      EXPECT_TRUE(!found || best.contains(*found));
      EXPECT_TRUE(!of_reference || !best.contains(*of_reference) || found == of_reference);
      if (ancestors[from].contains(to)) {
        EXPECT_EQ(found, to);
      } else if (ancestors[to].contains(from)) {
        EXPECT_EQ(found, from);
      }
    }
  }
}

TEST_F(History, LogOrder) {
  const CommitId root = Add("root");
  const CommitId a = Add("a", {root});
  const CommitId b = Add("b", {root});
  const CommitId a2 = Add("a2", {a});
  const CommitId merged = Add("merged", {a2, b});
  EXPECT_THAT(LogOf({.start = merged}), ElementsAre("merged", "a2", "b", "a", "root"));
  EXPECT_THAT(LogOf({.start = merged, .first_parent = true}),
              ElementsAre("merged", "a2", "a", "root"));
  EXPECT_THAT(LogOf({.start = merged}, 2), ElementsAre("merged", "a2"));
  EXPECT_THAT(LogOf({.start = b}), ElementsAre("b", "root"));
  EXPECT_EQ(refs_
                .Log(repository_, {.start = CommitId("missing")},
                     [](const CommitNode&) -> Result<bool> { return true; })
                .code(),
            Code::kCommitNotFound);
  const Status stopped =
      refs_.Log(repository_, {.start = merged},
                [](const CommitNode&) -> Result<bool> { return Status(Code::kCancelled); });
  EXPECT_EQ(stopped.code(), Code::kCancelled);
}

TEST_F(History, LogOfEqualTimesGoesByIdDescending) {
  std::vector<CommitId> side;
  const CommitId root = Add("root");
  for (int i = 0; i < 6; ++i) {
    side.push_back(Add("side " + std::to_string(i), {root}));
    clock_.now.seconds -= 1;  // All at one moment.
  }
  const CommitId top = [&] {
    clock_.now.seconds += 10;
    return Add("top", side);
  }();
  std::sort(side.begin(), side.end(), std::greater<>());
  std::vector<std::string> expected = {"top"};
  for (const auto& id : side) expected.push_back(MessageOf(id));
  expected.emplace_back("root");
  EXPECT_EQ(LogOf({.start = top}), expected);
}

TEST_F(History, LogSinceNeitherShowsNorExpandsOlder) {
  const CommitId root = Add("root");
  const int64_t second = clock_.now.seconds;
  const CommitId a = Add("a", {root});
  clock_.now.seconds -= 100;
  const CommitId old = Add("old", {a});  // The clock went back; what it hides stays hidden.
  clock_.now.seconds += 100;
  const CommitId top = Add("top", {old});
  EXPECT_THAT(LogOf({.start = top, .since_seconds = second}), ElementsAre("top"));
  EXPECT_THAT(LogOf({.start = a, .since_seconds = second}), ElementsAre("a"));
  EXPECT_THAT(LogOf({.start = a, .since_seconds = second - 1}), ElementsAre("a", "root"));
}

TEST_F(History, AddCommitTwiceIsOne) {
  Commit commit;
  commit.message = "same";
  commit.created = {1'700'000'000, 1};
  const auto first = refs_.AddCommit(repository_, commit);
  const auto second = refs_.AddCommit(repository_, commit);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->id, second->id);
  const auto page = refs_.ListCommits(repository_, {});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].created.nanos, 1) << "nanoseconds are stored, not hashed";
  commit.message = "\xff";
  EXPECT_EQ(refs_.AddCommit(repository_, commit).code(), Code::kInvalidValue);
}

TEST(CommitCache, KeepsTheRecentlyUsedWithinItsBytes) {
  const auto commit = [](int i) {
    Commit c;
    c.id = CommitId(std::to_string(i));
    c.message = std::string(1000, 'm');
    return std::make_shared<const Commit>(c);
  };
  CommitCache cache(8 * 16'000);
  cache.Insert("a", commit(-1));
  for (int i = 0; i < 1000; ++i) {
    cache.Insert("a", commit(i));
    ASSERT_NE(cache.Find("a", "-1"), nullptr) << "what is used stays";
    ASSERT_NE(cache.Find("a", std::to_string(i)), nullptr);
  }
  EXPECT_EQ(cache.Find("a", "0"), nullptr) << "the oldest went";
  EXPECT_EQ(cache.Find("b", "999"), nullptr) << "another life of the repository";
}

}  // namespace
}  // namespace tarn::refs
