#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "codec/hex.h"
#include "kv/testing/test_store.h"
#include "staging/record.h"
#include "staging/store.h"

namespace tarn::staging {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ManualClock : public Clock {
 public:
  Timestamp Now() override { return {1'700'000'000, 0}; }
  int64_t MonotonicMs() override { return now_ms; }
  int64_t now_ms = 1000;
};

const Store::Branches kNobody = {.names = [](const StagingToken&) -> Result<bool> { return false; },
                                 .fence = [](const StagingToken&) { return Status(); }};

class Staging : public testing::Test {
 protected:
  Value Of(const std::string& text) { return {"identity of " + text, text}; }
  void Set(const StagingToken& token, const std::string& key, const std::string& text) {
    ASSERT_TRUE(staging_.Set(token, key, Of(text).view()).ok());
  }
  // "key=data" of values, "key-" of tombstones.
  std::vector<std::string> List(std::vector<StagingToken> tokens, std::string_view from = {}) {
    auto it = staging_.Iterate(tokens);
    EXPECT_TRUE(it.ok());
    std::vector<std::string> lines;
    EXPECT_TRUE((*it)->Seek(from).ok());
    while ((*it)->Valid()) {
      const ValueView value = (*it)->value();
      lines.push_back(std::string((*it)->key()) +
                      (value.is_tombstone() ? "-" : "=" + std::string(value.data)));
      EXPECT_TRUE((*it)->Next().ok());
    }
    return lines;
  }
  size_t CountRecords(std::string_view partition) {
    auto it = kv_->Scan(partition, "");
    EXPECT_TRUE(it.ok() && (*it)->Seek("").ok());
    size_t count = 0;
    while ((*it)->Valid()) {
      ++count;
      EXPECT_TRUE((*it)->Next().ok());
    }
    return count;
  }

  const std::unique_ptr<kv::Store> kv_ = kv::OpenForTest();
  ManualClock clock_;
  Store staging_{*kv_, clock_, {}};
  const StagingToken old_{"r-b:1"}, new_{"r-b:2"};
};

// Bytes as the reference's protobuf library writes them.
TEST_F(Staging, RecordBytes) {
  EXPECT_EQ(ToHex(EncodeRecord("a/b", {"id", "xyz"})), "0a03612f62120269641a0378797a");
  EXPECT_EQ(ToHex(EncodeRecord("a/b", {})), "0a03612f62");
  const std::string reordered = *FromHex("1a0378797a0a03612f6212026964");
  const auto value = DecodeRecord(reordered);
  ASSERT_TRUE(value.ok()) << "fields come in any order";
  EXPECT_EQ(value->identity, "id");
  EXPECT_EQ(value->data, "xyz");
  EXPECT_EQ(DecodeRecord("\x0a\x05xx").code(), Code::kCorrupt);
}

TEST_F(Staging, ValuesAndTombstones) {
  const std::string key("odd\0key\xff", 8);
  Set(new_, key, "1");
  auto found = staging_.Get(new_, key);
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->value().data, "1");
  EXPECT_EQ((*found)->value().identity, "identity of 1");
  ASSERT_TRUE(staging_.SetTombstone(new_, key).ok());
  found = staging_.Get(new_, key);
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_TRUE((*found)->value().is_tombstone());
  ASSERT_TRUE(staging_.Remove(new_, key).ok());
  found = staging_.Get(new_, key);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(*found);
  EXPECT_EQ(staging_.Set(new_, key, {"", "data"}).code(), Code::kInvalidValue);
}

TEST_F(Staging, ConditionalWrites) {
  ASSERT_TRUE(staging_.SetIfUnchanged(new_, "k", Of("1").view(), std::nullopt).ok());
  EXPECT_EQ(staging_.SetIfUnchanged(new_, "k", Of("2").view(), std::nullopt).code(),
            Code::kPredicateFailed);
  auto found = staging_.Get(new_, "k");
  ASSERT_TRUE(found.ok() && *found);
  ASSERT_TRUE(staging_.SetIfUnchanged(new_, "k", Of("2").view(), *found).ok());
  EXPECT_EQ(staging_.SetIfUnchanged(new_, "k", Of("3").view(), *found).code(),
            Code::kPredicateFailed);
}

TEST_F(Staging, ManyChanges) {
  Set(new_, "b", "old");
  const Value value = Of("1");
  const Store::Change changes[] = {{.key = "a", .value = value.view()},
                                   {.key = "b", .value = {}, .if_present = true},
                                   {.key = "c", .value = {}, .if_present = true},
                                   {.key = "d", .value = {}},
                                   {.key = "", .value = {}}};
  std::vector<Code> codes;
  for (const Status& status : staging_.SetMany(new_, changes)) codes.push_back(status.code());
  EXPECT_THAT(codes, ElementsAre(Code::kOk, Code::kOk, Code::kPredicateFailed, Code::kOk,
                                 Code::kInvalidValue));
  EXPECT_THAT(List({new_}), ElementsAre("a=1", "b-", "d-"));
}

TEST_F(Staging, NewestTokenWins) {
  Set(old_, "a", "old");
  Set(old_, "b", "old");
  Set(old_, "d", "old");
  Set(new_, "b", "new");
  Set(new_, "c", "new");
  ASSERT_TRUE(staging_.SetTombstone(new_, "d").ok());
  const std::vector<StagingToken> tokens = {new_, old_};
  EXPECT_THAT(List(tokens), ElementsAre("a=old", "b=new", "c=new", "d-"));
  EXPECT_THAT(List(tokens, "bb"), ElementsAre("c=new", "d-"));
  EXPECT_THAT(List({old_}), ElementsAre("a=old", "b=old", "d=old"));
  EXPECT_THAT(List({}), ElementsAre());
  auto found = staging_.GetFirst(tokens, "b");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->value().data, "new");
  found = staging_.GetFirst(tokens, "d");
  ASSERT_TRUE(found.ok() && *found) << "a tombstone is a record";
  EXPECT_TRUE((*found)->value().is_tombstone());
  found = staging_.GetFirst(tokens, "x");
  EXPECT_TRUE(found.ok() && !*found);
}

TEST_F(Staging, Empty) {
  const std::vector<StagingToken> tokens = {new_, old_};
  EXPECT_EQ(*staging_.Empty(tokens), true);
  ASSERT_TRUE(staging_.SetTombstone(old_, "a").ok());
  EXPECT_EQ(*staging_.Empty(tokens), false);
  EXPECT_EQ(*staging_.Empty(std::span(tokens).first(1)), true);
}

TEST_F(Staging, MergesLikeAMap) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<StagingToken> tokens;
  for (int t = 0; t < 6; ++t) tokens.push_back(StagingToken("token" + std::to_string(t)));
  std::map<std::string, std::string> model;
  for (size_t t = tokens.size(); t-- > 0;) {
    for (int i = 0; i < 40; ++i) {
      const std::string key(1 + random() % 3, static_cast<char>('a' + random() % 5));
      const std::string text = std::to_string(random() % 100);
      Set(tokens[t], key, text);
      model[key] = text;
    }
  }
  std::vector<std::string> expected;
  for (const auto& [key, text] : model) expected.push_back(key + "=" + text);
  EXPECT_EQ(List(tokens), expected);
}

TEST_F(Staging, DamagedRecordIsAnError) {
  Set(new_, "a", "1");
  ASSERT_TRUE(kv_->Set(new_.view(), "b", "\x12\x7f").ok());
  const auto found = staging_.Get(new_, "b");
  EXPECT_EQ(found.code(), Code::kCorrupt);
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("'b' in r-b:2"));
  auto it = staging_.Iterate(std::span(&new_, 1));
  ASSERT_TRUE(it.ok() && (*it)->Seek("").ok());
  EXPECT_EQ((*it)->Next().code(), Code::kCorrupt);
  EXPECT_FALSE((*it)->Valid());
}

TEST_F(Staging, DropWaitsForRunningListings) {
  Set(old_, "a", "1");
  ASSERT_TRUE(staging_.QueueDrop(std::span(&old_, 1)).ok());
  const auto queued = kv_->Get("cleanup-tokens", old_.view());
  ASSERT_TRUE(queued.ok() && *queued);
  EXPECT_EQ(**queued, "stub-value");
  clock_.now_ms += Options().drop_grace_ms - 1;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_THAT(List({old_}), ElementsAre("a=1"));
  clock_.now_ms += 1;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_THAT(List({old_}), ElementsAre());
}

TEST_F(Staging, WhatIsWrittenTooLateIsRemovedLater) {
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());  // The first pass waits for nobody.
  ASSERT_TRUE(staging_.QueueDrop(std::span(&old_, 1)).ok());
  clock_.now_ms += Options().drop_grace_ms;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  Set(old_, "a", "1");
  clock_.now_ms += Options().late_writes_ms - 1;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_EQ(CountRecords("cleanup-tokens"), 1u);
  clock_.now_ms += 1;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_EQ(CountRecords(old_.view()), 0u);
  EXPECT_EQ(CountRecords("cleanup-tokens"), 0u);
}

TEST_F(Staging, WhatAnotherServerHasRemovedIsForgotten) {
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());  // The first pass waits for nobody.
  Set(old_, "a", "1");
  ASSERT_TRUE(staging_.QueueDrop(std::span(&old_, 1)).ok());
  ASSERT_TRUE(kv_->Delete("cleanup-tokens", old_.view()).ok());
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  clock_.now_ms += Options().drop_grace_ms;
  ASSERT_TRUE(kv_->Set("cleanup-tokens", old_.view(), "stub-value").ok());
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_THAT(List({old_}), ElementsAre("a=1")) << "its grace begins now";
  clock_.now_ms += Options().drop_grace_ms;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_THAT(List({old_}), ElementsAre());
}

TEST_F(Staging, TokensOfBeforeTheStartAreDroppedAtOnceUnlessOthersMayUseThem) {
  Store other(*kv_, clock_, {});
  Set(old_, "a", "1");
  ASSERT_TRUE(staging_.QueueDrop(std::span(&old_, 1)).ok());
  ASSERT_TRUE(other.DropQueued(kNobody).ok());
  const size_t kept = kv_->traits().shared ? 1 : 0;
  EXPECT_EQ(CountRecords(old_.view()), kept);
  EXPECT_EQ(CountRecords("cleanup-tokens"), kept);
  clock_.now_ms += Options().drop_grace_ms;
  ASSERT_TRUE(other.DropQueued(kNobody).ok());
  EXPECT_EQ(CountRecords(old_.view()), 0u);
}

TEST_F(Staging, NamedTokensStayQueued) {
  Set(old_, "a", "1");
  Set(new_, "a", "2");
  ASSERT_TRUE(staging_.QueueDrop(std::vector<StagingToken>{old_, new_}).ok());
  clock_.now_ms += Options().drop_grace_ms;
  Store::Branches names_old = kNobody;
  names_old.names = [&](const StagingToken& token) { return token == old_; };
  ASSERT_TRUE(staging_.DropQueued(names_old).ok());
  EXPECT_THAT(List({old_}), ElementsAre("a=1"));
  EXPECT_EQ(CountRecords(new_.view()), 0u);
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_EQ(CountRecords(old_.view()), 1u) << "the grace begins when nobody names it";
  clock_.now_ms += Options().drop_grace_ms;
  ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  EXPECT_EQ(CountRecords(old_.view()), 0u);
}

TEST_F(Staging, WhatCannotBeLookedUpStays) {
  Set(old_, "a", "1");
  Set(new_, "a", "2");
  ASSERT_TRUE(staging_.QueueDrop(std::vector<StagingToken>{old_, new_}).ok());
  clock_.now_ms += Options().drop_grace_ms;
  Store::Branches damaged = kNobody;
  damaged.names = [&](const StagingToken& token) -> Result<bool> {
    if (token == old_) return Status(Code::kCorrupt, "damaged");
    return false;
  };
  ASSERT_TRUE(staging_.DropQueued(damaged).ok());
  EXPECT_THAT(List({old_}), ElementsAre("a=1"));
  EXPECT_EQ(CountRecords(new_.view()), 0u);
}

TEST_F(Staging, DraftsThatAreFilledStay) {
  const Value value = Of("1");
  const Store::Change changes[] = {{.key = "a", .value = value.view()}, {.key = "b", .value = {}}};
  Draft draft(staging_, new_);
  EXPECT_TRUE(draft.empty());
  ASSERT_TRUE(draft.Add({}).ok());
  EXPECT_EQ(CountRecords("cleanup-tokens"), 0u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(draft.Add(changes).ok());
    EXPECT_FALSE(draft.empty());
    EXPECT_EQ(CountRecords("cleanup-tokens"), 1u) << "a crash leaves nothing";
    ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
    clock_.now_ms += Options().drop_grace_ms - 1;
    ASSERT_TRUE(staging_.DropQueued(kNobody).ok());
  }
  EXPECT_THAT(List({new_}), ElementsAre("a=1", "b-"));
  EXPECT_TRUE(*draft.IsMine());
}

TEST_F(Staging, ASweepClaimsADraftAndFencesItsBranchBeforeItRemovesIt) {
  const Value value = Of("1");
  const Store::Change changes[] = {{.key = "a", .value = value.view()}};
  for (const bool linked_in_time : {false, true}) {
    Draft draft(staging_, linked_in_time ? old_ : new_);
    ASSERT_TRUE(draft.Add(changes).ok());
    int fences = 0;
    bool linked = false;
    Store other(*kv_, clock_, {});
    const Store::Branches branches = {
        .names = [&](const StagingToken&) -> Result<bool> { return linked; },
        .fence =
            [&](const StagingToken&) {
              EXPECT_FALSE(*draft.IsMine());
              ++fences;
              linked = linked_in_time;
              return Status();
            }};
    ASSERT_TRUE(other.DropQueued(branches).ok());
    clock_.now_ms += Options().drop_grace_ms;
    ASSERT_TRUE(other.DropQueued(branches).ok());
    EXPECT_EQ(fences, 1);
    EXPECT_EQ(CountRecords(draft.token().view()), linked_in_time ? 1u : 0u);
    EXPECT_EQ(draft.Add(changes).code(), Code::kPredicateFailed);
  }
}

TEST_F(Staging, DraftsThatAreGivenUpNeedNoFence) {
  const Value value = Of("1");
  const Store::Change changes[] = {{.key = "a", .value = value.view()}};
  Draft draft(staging_, new_);
  ASSERT_TRUE(draft.Add(changes).ok());
  draft.GiveUp();
  Store::Branches branches = kNobody;
  branches.fence = [](const StagingToken&) { return Status(Code::kInternal, "fenced"); };
  ASSERT_TRUE(staging_.DropQueued(branches).ok());
  clock_.now_ms += Options().drop_grace_ms;
  ASSERT_TRUE(staging_.DropQueued(branches).ok());
  EXPECT_EQ(CountRecords(new_.view()), 0u);
}

TEST_F(Staging, RemovesBelowAndUnchanged) {
  for (const char* key : {"a", "b/1", "b/2", "c"}) Set(new_, key, "1");
  EXPECT_TRUE(*staging_.HasBelow(std::span(&new_, 1), "b/"));
  ASSERT_TRUE(staging_.RemoveBelow(new_, "b/").ok());
  EXPECT_FALSE(*staging_.HasBelow(std::span(&new_, 1), "b/"));
  EXPECT_THAT(List({new_}), ElementsAre("a=1", "c=1"));
  const auto found = staging_.Get(new_, "a");
  ASSERT_TRUE(found.ok() && *found);
  Set(new_, "a", "2");
  EXPECT_EQ(staging_.RemoveIfUnchanged(new_, "a", **found).code(), Code::kPredicateFailed);
  const auto now = staging_.Get(new_, "a");
  ASSERT_TRUE(now.ok() && *now);
  EXPECT_TRUE(staging_.RemoveIfUnchanged(new_, "a", **now).ok());
  EXPECT_THAT(List({new_}), ElementsAre("c=1"));
}

TEST_F(Staging, TokenText) {
  const auto random = SeededRandom(1);
  const StagingToken token = NewStagingToken(*random, RepositoryId("repo"), BranchId("main"));
  EXPECT_THAT(token.str(),
              testing::MatchesRegex("repo-main:[0-9a-f]+-[0-9a-f]+-4[0-9a-f]+-[89ab][0-9a-f]+-"
                                    "[0-9a-f]+"));
  EXPECT_EQ(token.str().size(), 10 + 36u);
  EXPECT_NE(token, NewStagingToken(*random, RepositoryId("repo"), BranchId("main")));
}

}  // namespace
}  // namespace tarn::staging
