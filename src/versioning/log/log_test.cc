#include "versioning/log/log.h"

#include "versioning/testing/world.h"

namespace tarn::versioning {
namespace {

using testing::Must;
using testing::World;

/// The history of the conformance scenario "log": c1 adds three paths, c2 changes data/a; side adds
/// side/x; main deletes data/b (c3), merges side (m), changes other (c4).
class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    for (const char* path : {"data/a", "data/b", "other"}) {
      TARN_EXPECT_OK(world_.Put("main", path, "1"));
    }
    Commit("main", "c1");
    TARN_EXPECT_OK(world_.Put("main", "data/a", "2"));
    Commit("main", "c2");
    TARN_EXPECT_OK(world_.Branch("side"));
    TARN_EXPECT_OK(world_.Put("side", "side/x", "1"));
    Commit("side", "s1");
    TARN_EXPECT_OK(world_.Delete("main", "data/b"));
    Commit("main", "c3");
    TARN_EXPECT_OK(world_.MergeInto("main", "side"));
    TARN_EXPECT_OK(world_.Put("main", "other", "2"));
    Commit("main", "c4");
  }
  void Commit(const std::string& branch, const std::string& message) {
    const refs::Commit commit = Must(world_.CommitAll(branch, message));
    ids_[message] = commit.id.str();
    times_[message] = commit.created.seconds;
  }
  /// Messages of the page, with "+" at the end if there are more.
  std::string Messages(LogRequest request) {
    request.ref = request.ref.empty() ? "main" : request.ref;
    const auto page = Must(Log(world_.context, world_.repository, request));
    std::string text;
    for (const auto& commit : page.items) {
      text += (text.empty() ? "" : " ") + commit.message.substr(0, commit.message.find(' '));
    }
    return text + (page.has_more ? "+" : "");
  }
  World world_;
  std::map<std::string, std::string> ids_;
  std::map<std::string, int64_t> times_;
};

TEST_F(LogTest, OrderAndPages) {
  EXPECT_EQ(Messages({}), "c4 Merge c3 s1 c2 c1 Repository");
  EXPECT_EQ(Messages({.first_parent = true}), "c4 Merge c3 c2 c1 Repository");
  EXPECT_EQ(Messages({.amount = 3}), "c4 Merge c3+");
  EXPECT_EQ(Messages({.amount = 7}), "c4 Merge c3 s1 c2 c1 Repository");
  EXPECT_EQ(Messages({.amount = -1}), "c4 Merge c3 s1 c2 c1 Repository");
  EXPECT_EQ(Messages({.after = ids_["c4"], .amount = 2}), "Merge c3+");
  EXPECT_EQ(Messages({.after = "main~1", .amount = 2}), "c3 s1+");
  EXPECT_EQ(Messages({.after = ids_["c1"].substr(0, 10)}), "Repository");
  EXPECT_EQ(Messages({.ref = "side", .after = ids_["c4"]}), "");
  EXPECT_EQ(Messages({.amount = 2, .limit = true}), "c4 Merge");
}

TEST_F(LogTest, StopAndSince) {
  EXPECT_EQ(Messages({.stop_at = ids_["c2"]}), "c4 Merge c3 s1 c2");
  EXPECT_EQ(Messages({.stop_at = "main"}), "c4");
  EXPECT_EQ(Messages({.stop_at = "side", .first_parent = false}), "c4 Merge c3 s1");
  EXPECT_EQ(Messages({.stop_at = ids_["c2"], .first_parent = true}), "c4 Merge c3 c2");
  EXPECT_EQ(Messages({.since_seconds = times_["c2"]}), "c4 Merge c3 s1 c2");
  EXPECT_EQ(Messages({.since_seconds = times_["c4"] + 1}), "");
}

/// The second time answers come from memory.
TEST_F(LogTest, FiltersRememberAnswers) {
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Messages({.objects = {"data/a"}}), "c2 c1");
    EXPECT_EQ(Messages({.prefixes = {"data/a"}}), "c2 c1");
    EXPECT_EQ(Messages({.objects = {"data/", "a"}}), "");  // Another question.
    EXPECT_EQ(Messages({.objects = {"data/b"}}), "c3 c1");
  }
}

TEST(ChangeCacheTest, ForgetsTheOldestHalf) {
  ChangeCache cache;
  const auto key = [](size_t i) {
    return ChangeCache::KeyOf(Sha256("f"), CommitId(std::to_string(i)));
  };
  for (size_t i = 0; i < ChangeCache::kEntriesMax + 1; ++i) cache.Insert(key(i), i % 2 == 0);
  EXPECT_EQ(cache.Find(key(0)), std::nullopt);
  EXPECT_EQ(cache.Find(key(ChangeCache::kEntriesMax)), true);
  EXPECT_EQ(cache.Find(key(ChangeCache::kEntriesMax - 1)), false);
  EXPECT_EQ(cache.Find(ChangeCache::KeyOf(Sha256("g"), CommitId("99999"))), std::nullopt);
}

TEST_F(LogTest, PathFilters) {
  EXPECT_EQ(Messages({.objects = {"data/a"}}), "c2 c1");
  EXPECT_EQ(Messages({.objects = {"data/b"}}), "c3 c1");
  EXPECT_EQ(Messages({.objects = {"side/x"}}), "s1");
  EXPECT_EQ(Messages({.objects = {"data"}}), "");
  EXPECT_EQ(Messages({.objects = {"other", "data/a"}}), "c4 c2 c1");
  EXPECT_EQ(Messages({.prefixes = {"data/"}}), "c3 c2 c1");
  EXPECT_EQ(Messages({.prefixes = {"dat"}}), "c3 c2 c1");
  EXPECT_EQ(Messages({.prefixes = {"side/", "oth"}}), "c4 s1 c1");
  EXPECT_EQ(Messages({.objects = {"data/a"}, .prefixes = {"side/"}}), "s1 c2 c1");
  EXPECT_EQ(Messages({.objects = {""}, .prefixes = {""}}), "c4 Merge c3 s1 c2 c1 Repository");
  EXPECT_EQ(Messages({.amount = 1, .prefixes = {"data/"}}), "c3+");
  EXPECT_EQ(Messages({.amount = 1, .limit = true, .prefixes = {"data/"}}), "c3");
  // A commit that the filter leaves out does not stop the walk.
  EXPECT_EQ(Messages({.stop_at = ids_["s1"], .prefixes = {"data/"}}), "c3 c2 c1");
  EXPECT_EQ(Messages({.stop_at = ids_["c2"], .prefixes = {"data/"}}), "c3 c2");
}

TEST_F(LogTest, Errors) {
  const auto log = [&](LogRequest request) {
    return Log(world_.context, world_.repository, request).status();
  };
  TARN_EXPECT_ERROR(log({.ref = "nothing"}), Code::kNotFound, "ref: not found");
  TARN_EXPECT_ERROR(log({.ref = "main$"}), Code::kInvalidValue,
                    "ref: ref: invalid value: validation error: should point to a commit");
  TARN_EXPECT_ERROR(log({.ref = "main^3"}), Code::kInvalidValue,
                    "ref: ref: invalid value: validation error");
  TARN_EXPECT_ERROR(log({.ref = "main", .after = "nothing"}), Code::kNotFound,
                    "from ref: not found");
  TARN_EXPECT_ERROR(log({.ref = "main", .stop_at = "nothing"}), Code::kNotFound,
                    "stop_at: not found");
}

TEST_F(LogTest, AMissingParentDoesNotHideTheRest) {
  refs::Commit broken;
  broken.message = "broken";
  broken.parents = {CommitId(std::string(64, 'a'))};
  broken = Must(world_.refs.AddCommit(world_.repository, broken));
  TARN_EXPECT_OK(world_.Branch("broken", broken.id.str()));
  TARN_EXPECT_OK(world_.Put("broken", "p", "1"));
  Commit("broken", "top");
  EXPECT_EQ(Messages({.ref = "broken"}), "top broken");
  EXPECT_EQ(Messages({.ref = "broken", .objects = {"p"}}), "top");
}

}  // namespace
}  // namespace tarn::versioning
