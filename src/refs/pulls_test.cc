#include "refs/pulls.h"

#include <gmock/gmock.h>

#include "refs/testing/refs_fixture.h"

namespace tarn::refs {
namespace {

class Pulls : public RefsTest {
 protected:
  Pull Make(PullStatus status) {
    ++clock_.now.seconds;
    Pull pull;
    pull.id = xids_.NewDescending(kDescendingEpoch);
    pull.status = status;
    pull.created = {clock_.now.seconds, 7};
    pull.title = "title of " + pull.id;
    pull.author = "admin";
    pull.source = BranchId("dev");
    pull.destination = BranchId("main");
    EXPECT_TRUE(CreatePull(kv_, repository_, pull).ok());
    return pull;
  }
  std::vector<std::string> List(PullFilter filter, PageRequest request = {}) {
    const auto page = ListPulls(kv_, repository_, request, filter);
    EXPECT_TRUE(page.ok());
    std::vector<std::string> ids;
    for (const Pull& pull : page->items) ids.push_back(pull.id);
    if (page->has_more) ids.emplace_back("...");
    return ids;
  }
};

TEST_F(Pulls, RecordsKeepAllFields) {
  Pull pull = Make(PullStatus::kMerged);
  pull.description = "what & why";
  pull.merge_commit = CommitId("c");
  pull.closed = Timestamp{3, 4};
  const auto read = DecodePull(EncodePull(pull));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(EncodePull(*read), EncodePull(pull));
  EXPECT_EQ(read->status, PullStatus::kMerged);
  EXPECT_EQ(read->merge_commit->str(), "c");
  EXPECT_EQ(*read->closed, (Timestamp{3, 4}));
  const auto bare = DecodePull(EncodePull(Pull{}));
  ASSERT_TRUE(bare.ok());
  EXPECT_FALSE(bare->merge_commit || bare->closed);
  EXPECT_EQ(DecodePull("\x0a\xff").code(), Code::kCorrupt);
  EXPECT_EQ(DecodePull("\x10\x09").code(), Code::kCorrupt) << "a status that does not exist";
}

TEST_F(Pulls, KeysAreThoseOfTheReference) {
  const Pull pull = Make(PullStatus::kOpen);
  EXPECT_TRUE(*mem_->Get(repository_.partition(), "pulls/" + pull.id));
  const auto index = *mem_->Get("pulls", "repos/" + repository_.partition() + "/dev/main");
  ASSERT_TRUE(index);
  EXPECT_EQ(*index, "\x0a\x14" + pull.id) << "the bare id, not a key";
  EXPECT_EQ(CreatePull(kv_, repository_, pull).message(),
            "pull request already exists: not unique");
}

TEST_F(Pulls, ListsNewestFirstByStatus) {
  const std::string open = Make(PullStatus::kOpen).id;
  const std::string closed = Make(PullStatus::kClosed).id;
  const std::string merged = Make(PullStatus::kMerged).id;
  EXPECT_EQ(List(PullFilter::kAll), (std::vector{merged, closed, open}));
  EXPECT_EQ(List(PullFilter::kOpen), (std::vector{open}));
  EXPECT_EQ(List(PullFilter::kClosed), (std::vector{merged, closed}));
  EXPECT_EQ(List(PullFilter::kAll, {.amount = 1}), (std::vector<std::string>{merged, "..."}));
  EXPECT_EQ(List(PullFilter::kAll, {.after = merged}), (std::vector{closed, open}));
}

TEST_F(Pulls, AChangeIsMadeToTheRecordOfTheMoment) {
  const Pull pull = Make(PullStatus::kOpen);
  int calls = 0;
  ASSERT_TRUE(UpdatePull(kv_, *random_, repository_, pull.id, [&](Pull* found) {
                if (++calls == 1) {  // Somebody else is faster.
                  EXPECT_TRUE(UpdatePull(kv_, *random_, repository_, pull.id, [](Pull* other) {
                                other->description = "theirs";
                                return Status();
                              }).ok());
                }
                found->title = "ours";
                return Status();
              }).ok());
  const auto found = GetPull(kv_, repository_, pull.id);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->title + " " + found->description, "ours theirs");
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(UpdatePull(kv_, *random_, repository_, "none", [](Pull*) { return Status(); }).code(),
            Code::kPullRequestNotFound);
}

TEST_F(Pulls, IdsMustBeCanonical) {
  EXPECT_TRUE(CheckPullId("x", Make(PullStatus::kOpen).id).ok());
  EXPECT_EQ(CheckPullId("pullRequestID", "bad").message(),
            "argument pullRequestID: pull request id: invalid value: validation error");
  EXPECT_EQ(CheckPullId("x", "").message(), "argument x: required value: validation error");
}

}  // namespace
}  // namespace tarn::refs
