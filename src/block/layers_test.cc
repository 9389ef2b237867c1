// What each layer adds to a store; that stores keep their contract below layers is
// block_store_test.cc's.

#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "base/blocking.h"
#include "block/layers/metered_store.h"
#include "block/layers/presigning_store.h"
#include "block/layers/retry_store.h"
#include "block/mem/mem_store.h"
#include "block/testing/faulty_store.h"

namespace tarn::block {
namespace {

using testing::ElementsAre;

constexpr std::string_view kNamespace = "mem://b/r";

ObjectPointer At(std::string_view address) { return {kNamespace, address}; }

/// A store that fails as it is told, below a layer that tries again without waiting.
class RetryTest : public testing::Test {
 protected:
  /// Refuses so many calls, then loses the answers of so many.
  struct Script {
    template <class Function>
    auto Call(Operation operation, Function&& function) -> decltype(function()) {
      ++calls[operation];
      if (refuse > 0) {
        --refuse;
        return failure;
      }
      auto answer = function();
      if (!answer.ok() || lose == 0) return answer;
      --lose;
      return failure;
    }
    int refuse = 0, lose = 0;
    Status failure = Status(Code::kIo, "busy").WithRetry(Retry::kLater);
    std::map<Operation, int> calls;
  };

  RetryTest() {
    auto under = std::make_unique<MemStore>(SystemClock(), MemStoreOptions{.import_enabled = true});
    mem_ = under.get();
    RetryOptions options;
    options.attempts_max = 4;
    options.pause_us_first = 1000;
    options.pause_us_max = 3000;
    options.sleep = [this](int64_t us) { pauses_.push_back(us); };
    store_ = std::make_unique<RetryStore>(
        std::make_unique<InterceptedStore<Script>>(std::move(under), script_), options, *random_);
  }
  void Refuse(int calls) { script_.refuse = calls; }

  Script script_;
  std::vector<int64_t> pauses_;
  std::unique_ptr<Random> random_ = SeededRandom(7);
  MemStore* mem_ = nullptr;
  std::unique_ptr<RetryStore> store_;
};

TEST_F(RetryTest, TriesAgainAfterPausesThatGrow) {
  Refuse(3);
  ASSERT_TRUE(store_->Remove(At("x")).ok());
  EXPECT_EQ(script_.calls[Operation::kRemove], 4);
  ASSERT_EQ(pauses_.size(), 3u);
  const int64_t longest[] = {1000, 2000, 3000};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_GE(pauses_[i], longest[i] / 2);
    EXPECT_LE(pauses_[i], longest[i]);
  }
}

TEST_F(RetryTest, GivesUpInTheEnd) {
  Refuse(100);
  const auto found = store_->Stat(At("x"));
  EXPECT_EQ(found.status().message(), "busy");
  EXPECT_EQ(script_.calls[Operation::kStat], 4);
}

TEST_F(RetryTest, LeavesWhatWouldFailAgain) {
  script_.failure = Status(Code::kForbidden, "no");
  Refuse(1);
  EXPECT_EQ(store_->Remove(At("x")).code(), Code::kForbidden);
  EXPECT_EQ(store_->Open(At("x"), {}).code(), Code::kDataNotFound);
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(RetryTest, WaitsOnPoolsOnly) {
  Refuse(1);
  const NoBlockingScope scope;
  EXPECT_EQ(store_->Open(At("x"), {}).code(), Code::kWouldBlock);
}

TEST_F(RetryTest, LeavesPutToTheDriver) {
  script_.lose = 1;
  EXPECT_EQ(store_->Put(At("new"), "bytes", {.create_only = true}).status().message(), "busy");
  EXPECT_EQ(script_.calls[Operation::kPut], 1);
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(RetryTest, StreamsGoOnWhereTheyBrokeOff) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += std::to_string(i);
  ASSERT_TRUE(PutObject(*store_, At("x"), bytes).ok());
  const auto stream = store_->OpenStream(At("x"), ByteRange::Last(2000));
  ASSERT_TRUE(stream.ok());
  std::string read, buffer(100, '\0');
  for (int i = 0;; ++i) {
    if (i % 3 == 1) Refuse(i % 2 + 1);  // the read, or the opening after it as well
    const auto got = (*stream)->Read(buffer);
    ASSERT_TRUE(got.ok()) << got.status().ToString();
    if (*got == 0) break;
    read.append(buffer, 0, *got);
  }
  EXPECT_EQ(read, bytes.substr(bytes.size() - 2000));
  EXPECT_GT(script_.calls[Operation::kGet], 5);
}

TEST_F(RetryTest, AStreamIsOfOneObject) {
  ASSERT_TRUE(PutObject(*store_, At("x"), "the first one").ok());
  const auto stream = store_->OpenStream(At("x"), {});
  std::string buffer(4, '\0');
  ASSERT_TRUE((*stream)->Read(buffer).ok());
  ASSERT_TRUE(PutObject(*mem_, At("x"), "another").ok());
  Refuse(1);
  const auto got = (*stream)->Read(buffer);
  EXPECT_EQ(got.status().message(), "object was replaced while it was read");
}

TEST_F(RetryTest, WalksGoOnWhereTheyFailed) {
  std::vector<std::string> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back("k" + std::to_string(1000 + i));
  for (const std::string& key : keys) ASSERT_TRUE(PutObject(*store_, At("src/" + key), "x").ok());
  auto walker = store_->Walk({.source_uri = "mem://b/r/src/"});
  ASSERT_TRUE(walker.ok());
  std::vector<std::string> seen;
  for (int i = 0;; ++i) {
    Refuse(i);  // at the listing, and from the third batch on at the new walk as well
    const auto batch = (*walker)->Next();
    ASSERT_TRUE(batch.ok()) << batch.status().ToString();
    Refuse(0);
    if (!*batch) break;
    ASSERT_TRUE(
        (*batch)
            ->Read([&](const WalkedObject& object) { seen.emplace_back(object.relative_key); })
            .ok());
    if (i == 3) i = 0;
  }
  EXPECT_EQ(seen, keys);
}

TEST(MeteredStore, TellsWhatHappened) {
  struct Notes : OperationSink {
    void Began(Operation operation) override { lines.emplace_back(NameOf(operation)); }
    void Ended(Operation operation, Code code, int64_t duration_us) override {
      EXPECT_GE(duration_us, 0);
      lines.push_back(std::string(NameOf(operation)) + " " + std::string(CodeName(code)));
    }
    std::vector<std::string> lines;
  } notes;
  MeteredStore store(std::make_unique<MemStore>(SystemClock()), notes, SystemClock());
  ASSERT_TRUE(PutObject(store, At("x"), "bytes").ok());
  const Status absent = store.Open(At("y"), {}).status();
  EXPECT_EQ(absent.code(), Code::kDataNotFound);
  EXPECT_EQ(absent.Context("operation"), "get");
  const auto stream = store.OpenStream(At("x"), {});
  std::string buffer(10, '\0');
  ASSERT_TRUE((*stream)->Read(buffer).ok());
  EXPECT_TRUE(store.FormatAddress(At("x")).ok());
  EXPECT_THAT(notes.lines, ElementsAre("put", "put ok", "get", "get data not found", "get",
                                       "get ok", "get_range", "get_range ok"));
}

TEST(PresigningStore, MakesUrlsAsItIsTold) {
  PresigningStore store(std::make_unique<MemStore>(SystemClock()),
                        [](const PresignRequest& request) -> Result<PresignedUrl> {
                          return PresignedUrl{std::string(request.object.address), 7};
                        });
  EXPECT_TRUE(store.info().presign_support);
  EXPECT_TRUE(store.info().presign_multipart_support);
  EXPECT_FALSE(store.info().presign_ui_support);
  EXPECT_EQ(store.info().type, "mem");
  EXPECT_EQ(store.Presign({.object = At("x")}).value().url, "x");
}

TEST(FaultyStore, StrikesAsTheSeedSays) {
  const auto run = [](uint64_t seed) {
    FaultyStore store(std::make_unique<MemStore>(SystemClock()),
                      {.seed = seed, .refused = 3, .reply_lost = 3});
    std::string outcome;
    for (int i = 0; i < 60; ++i) {
      const std::string name = std::to_string(i);
      const auto put = PutObject(store, At(name), "x");
      EXPECT_TRUE(put.ok() || put.retry() == Retry::kLater);
      outcome += put.ok() ? '.' : put.status().message() == "the store refuses" ? 'r' : 'l';
    }
    return outcome;
  };
  const std::string outcome = run(5);
  EXPECT_EQ(outcome, run(5));
  EXPECT_NE(outcome, run(6));
  for (const char kind : {'.', 'r', 'l'}) EXPECT_NE(outcome.find(kind), std::string::npos);
}

TEST(FaultyStore, LosesAnswersOfWhatItHasDone) {
  auto mem = std::make_unique<MemStore>(SystemClock());
  MemStore& under = *mem;
  FaultyStore store(std::move(mem), {.reply_lost = 1});
  EXPECT_EQ(PutObject(store, At("x"), "x").code(), Code::kIo);
  EXPECT_TRUE(under.Stat(At("x")).value().has_value());
}

TEST(FaultyStore, CutsStreamsAndListsLate) {
  auto mem = std::make_unique<MemStore>(SystemClock());
  ASSERT_TRUE(PutObject(*mem, At("x"), "0123456789").ok());
  FaultyStore store(std::move(mem), {.truncated = 1, .stale_lists = 1});
  const auto stream = store.OpenStream(At("x"), {});
  std::string buffer(10, '\0');
  EXPECT_EQ((*stream)->Read(buffer).value(), 5u);
  EXPECT_EQ((*stream)->Read(buffer).retry(), Retry::kLater);
  EXPECT_TRUE(store.List({kNamespace, "", {}, 10}).value().objects.empty());
  EXPECT_EQ(store.struck(), 2u);
}

}  // namespace
}  // namespace tarn::block
