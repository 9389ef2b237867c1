#include <gmock/gmock.h>

#include "kv/testing/hooked_store.h"
#include "kv/testing/test_store.h"
#include "proto/graveler.pb.h"
#include "records/kind.h"
#include "records/message.h"

namespace tarn::records {
namespace {

using testing::ElementsAre;

constexpr std::string_view kPartition = "p";

std::string EncodeText(const std::string& text) { return "<" + text + ">"; }
Result<std::string> DecodeText(std::string_view bytes) {
  if (!bytes.starts_with('<')) return Status(Code::kCorrupt, "malformed text record");
  return std::string(bytes.substr(1, bytes.size() - 2));
}

constexpr Kind<std::string> kTexts = {.prefix = "texts/",
                                      .encode = &EncodeText,
                                      .decode = &DecodeText,
                                      .what = "update text",
                                      .missing = {Code::kTagNotFound, "text not found"},
                                      .taken = {Code::kNotUnique, "text already exists"}};

class RecordsTest : public testing::Test {
 protected:
  /// Another server writes the record just before each of the first `times` conditional writes.
  void Race(int times) {
    kv_.set_hook([this, times](kv::HookedStore::Call call, std::string_view, std::string_view key) {
      const bool conditional =
          call == kv::HookedStore::Call::kSetIf || call == kv::HookedStore::Call::kDeleteIf;
      if (!conditional || races_ == times) return Status();
      return mem_->Set(kPartition, key, EncodeText("other " + std::to_string(++races_)));
    });
  }
  Status Append(std::string_view name, const std::string& text) {
    return Update(kv_, *random_, kTexts, kPartition, name, [&](std::string* value) -> Result<bool> {
      *value += text;
      return !text.empty();
    });
  }
  std::string Read(std::string_view name) {
    const auto found = Get(kv_, kTexts, kPartition, name);
    return found.ok() ? *found : std::string(found.status().message());
  }
  void Fill(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      EXPECT_TRUE(Create(kv_, kTexts, kPartition, name, name).ok());
    }
  }

  const std::unique_ptr<kv::Store> mem_ = kv::OpenForTest();
  kv::HookedStore kv_{*mem_};
  const std::unique_ptr<Random> random_ = SeededRandom(1);
  int races_ = 0;
};

TEST_F(RecordsTest, CreatesOnceAndTellsAbsenceInTheWordsOfTheKind) {
  EXPECT_EQ(Read("a"), "text not found");
  EXPECT_EQ(Append("a", "x").code(), Code::kTagNotFound);
  Fill({"a"});
  EXPECT_EQ(Create(kv_, kTexts, kPartition, "a", std::string("again")).message(),
            "text already exists");
  EXPECT_EQ(Read("a"), "a");
  EXPECT_EQ(*mem_->Get(kPartition, "texts/a"), "<a>");
  ASSERT_TRUE(mem_->Set(kPartition, "texts/a", "damaged").ok());
  EXPECT_EQ(Get(kv_, kTexts, kPartition, "a").code(), Code::kCorrupt);
  EXPECT_EQ(Append("a", "x").code(), Code::kCorrupt);
}

TEST_F(RecordsTest, AnUpdateThatLosesARaceStartsFromWhatTheOtherWrote) {
  Fill({"a"});
  Race(3);
  EXPECT_TRUE(Append("a", " and mine").ok());
  EXPECT_EQ(Read("a"), "other 3 and mine");
}

TEST_F(RecordsTest, AChangeOfNothingWritesNothing) {
  Fill({"a"});
  Race(1);
  EXPECT_TRUE(Append("a", "").ok());
  EXPECT_EQ(races_, 0);
}

TEST_F(RecordsTest, RemovesOnlyWhatWasSeen) {
  Fill({"a"});
  Race(1);
  std::vector<std::string> seen;
  const auto see = [&](const std::string& text) {
    seen.push_back(text);
    return Status();
  };
  EXPECT_TRUE(Remove(kv_, *random_, kTexts, kPartition, "a", see).ok());
  EXPECT_THAT(seen, ElementsAre("a", "other 1"));
  EXPECT_EQ(Remove(kv_, *random_, kTexts, kPartition, "a", see).message(), "text not found");
  Fill({"a"});
  const auto refuse = [](const std::string&) { return Status(Code::kConflict, "in use"); };
  EXPECT_EQ(Remove(kv_, *random_, kTexts, kPartition, "a", refuse).message(), "in use");
  EXPECT_TRUE(RemoveIfStill(kv_, kPartition, "texts/a", "<b>").ok());
  EXPECT_EQ(Read("a"), "a");
  EXPECT_TRUE(RemoveIfStill(kv_, kPartition, "texts/a", "<a>").ok());
  EXPECT_EQ(Read("a"), "text not found");
}

TEST_F(RecordsTest, ListsByPages) {
  Fill({"a", "ab", "ac", "ad", "b"});
  const auto page = [&](const PageRequest& request) {
    const auto not_ac = [](const std::string& text) { return text != "ac"; };
    auto listed = List(kv_, kTexts, kPartition, request, not_ac);
    EXPECT_TRUE(listed.ok());
    if (listed->has_more) listed->items.push_back("...");
    return listed->items;
  };
  EXPECT_THAT(page({}), ElementsAre("a", "ab", "ad", "b"));
  EXPECT_THAT(page({.prefix = "a", .amount = 2}), ElementsAre("a", "ab", "..."));
  EXPECT_THAT(page({.prefix = "a", .after = "ab", .amount = 2}), ElementsAre("ad"));
  EXPECT_THAT(page({.after = "aba"}), ElementsAre("ad", "b"));
}

TEST_F(RecordsTest, VisitsWhatStartsWithThePrefixUntilAnError) {
  Fill({"a", "b", "c"});
  ASSERT_TRUE(mem_->Set(kPartition, "text", "other").ok());
  std::vector<std::string> keys;
  const auto visit = [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return key == "texts/b" ? Status(Code::kIo, "enough") : Status();
  };
  EXPECT_EQ(ForEachRecord(kv_, kPartition, kTexts.prefix, visit).message(), "enough");
  EXPECT_THAT(keys, ElementsAre("texts/a", "texts/b"));
}

TEST_F(RecordsTest, MessagesAreTheSameBytesWhateverTheOrderOfTheirMaps) {
  io::treeverse::lakefs::graveler::RepoMetadata up, down;
  for (int i = 0; i < 100; ++i) {
    (*up.mutable_metadata())["k" + std::to_string(i)] = "v";
    (*down.mutable_metadata())["k" + std::to_string(99 - i)] = "v";
  }
  const std::string bytes = Serialize(up);
  EXPECT_EQ(bytes, Serialize(down));
  EXPECT_LT(bytes.find("k10"), bytes.find("k2"));
  EXPECT_EQ(Parse("\xff", "metadata", &up).message(), "malformed metadata record");
  google::protobuf::Timestamp time;
  SetTime({-5, 7}, &time);
  EXPECT_EQ(GetTime(time), (Timestamp{-5, 7}));
}

}  // namespace
}  // namespace tarn::records
