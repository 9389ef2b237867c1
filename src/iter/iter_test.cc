// The combinators against a std::map model, with seeds printed.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "iter/filter_iterator.h"
#include "iter/map_iterator.h"
#include "iter/merge_iterator.h"

namespace tarn {
namespace {

using Model = std::map<std::string, int, std::less<>>;
using IntIterator = AnyIteratorPtr<int>;

IntIterator Over(Model records) { return std::make_unique<MapIterator<int>>(std::move(records)); }

std::vector<std::pair<std::string, int>> From(AnyIterator<int>& it, std::string_view target) {
  std::vector<std::pair<std::string, int>> seen;
  EXPECT_TRUE(it.Seek(target).ok());
  while (it.Valid()) {
    seen.emplace_back(it.key(), it.value());
    EXPECT_TRUE(it.Next().ok());
  }
  return seen;
}

std::vector<std::pair<std::string, int>> From(const Model& model, std::string_view target) {
  return {model.lower_bound(target), model.end()};
}

std::string RandomKey(std::mt19937_64& random) {
  static constexpr char kBytes[] = {'\0', 'a', 'b', '\x7f', '\x80', '\xff'};
  std::string key;
  for (size_t length = random() % 4; key.size() < length;) key += kBytes[random() % sizeof(kBytes)];
  return key;
}

/// Fails on the n-th move.
class FailingIterator final : public AnyIterator<int> {
 public:
  FailingIterator(IntIterator source, int moves) : source_(std::move(source)), left_(moves) {}
  Status Seek(std::string_view target) override { return Move(source_->Seek(target)); }
  Status Next() override { return Move(source_->Next()); }
  bool Valid() const override { return left_ > 0 && source_->Valid(); }
  std::string_view key() const override { return source_->key(); }
  const int& value() const override { return source_->value(); }

 private:
  Status Move(Status status) {
    return --left_ > 0 ? std::move(status) : Status(Code::kIo, "disk on fire");
  }
  IntIterator source_;
  int left_;
};

TEST(PrefixEnd, IsTheFirstKeyBehindAPrefix) {
  EXPECT_EQ(PrefixEnd("a/"), "a0");
  EXPECT_EQ(PrefixEnd(std::string("a\xff\xff")), "b");
  EXPECT_EQ(PrefixEnd(std::string("\xff\xff")), "");
  EXPECT_EQ(PrefixEnd(""), "");
}

TEST(MergeIterator, EqualsTheUnionWhereTheFirstSourceWins) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    Model model;
    std::vector<IntIterator> sources;
    for (size_t count = random() % 6; sources.size() < count;) {
      Model records;
      for (size_t n = random() % 20; n > 0; --n) records[RandomKey(random)] = random() % 1000;
      model.insert(records.begin(), records.end());  // keeps what an earlier source gave
      sources.push_back(Over(std::move(records)));
    }
    MergeIterator<int> merged(std::move(sources));
    EXPECT_EQ(From(merged, ""), From(model, ""));
    for (int i = 0; i < 5; ++i) {
      std::string target = RandomKey(random);
      EXPECT_EQ(From(merged, target), From(model, target));
    }
  }
}

TEST(MergeIterator, ReportsAnErrorOfAnySource) {
  for (int moves = 1; moves <= 3; ++moves) {
    std::vector<IntIterator> sources;
    sources.push_back(Over({{"a", 1}, {"c", 2}}));
    sources.push_back(std::make_unique<FailingIterator>(Over({{"b", 3}, {"d", 4}}), moves));
    MergeIterator<int> merged(std::move(sources));
    Status status = merged.Seek("");
    while (status.ok() && merged.Valid()) status = merged.Next();
    EXPECT_EQ(status.code(), Code::kIo);
    EXPECT_FALSE(merged.Valid());
  }
}

TEST(FilterIterator, ShowsWhatThePredicateKeeps) {
  auto even = Filter(Over({{"a", 1}, {"b", 2}, {"c", 4}, {"d", 5}}),
                     [](std::string_view, int value) { return value % 2 == 0; });
  EXPECT_EQ(From(*even, ""), From(Model{{"b", 2}, {"c", 4}}, ""));
  EXPECT_EQ(From(*even, "bb"), From(Model{{"c", 4}}, ""));
}

TEST(PrefixIterator, StaysWithinThePrefix) {
  Model records{{"a", 1}, {"b", 2}, {"b/1", 3}, {"b/2", 4}, {"b0", 5}, {"c", 6}};
  PrefixIterator<int> under(Over(records), "b/");
  EXPECT_EQ(From(under, ""), From(Model{{"b/1", 3}, {"b/2", 4}}, ""));
  EXPECT_EQ(From(under, "b/2"), From(Model{{"b/2", 4}}, ""));
  EXPECT_TRUE(From(under, "c").empty());
}

}  // namespace
}  // namespace tarn
