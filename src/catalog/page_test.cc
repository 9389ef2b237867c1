#include "catalog/page.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "iter/map_iterator.h"

namespace tarn::catalog {
namespace {

using Records = std::map<std::string, int, std::less<>>;
using Items = std::vector<std::string>;  ///< Paths; "<path>*" for common prefixes.

/// Counts the moves over a source.
class CountingIterator {
 public:
  explicit CountingIterator(Records records) : source_(std::move(records)) {}
  Status Seek(std::string_view target) { return ++moves, source_.Seek(target); }
  Status Next() { return ++moves, source_.Next(); }
  bool Valid() const { return source_.Valid(); }
  std::string_view key() const { return source_.key(); }
  const int& value() const { return source_.value(); }
  int moves = 0;

 private:
  MapIterator<int> source_;
};

PageEnd Walk(CountingIterator& source, const PageBounds& bounds, Items* items) {
  auto end = WalkPage(
      source, bounds,
      [&](std::string_view path, int) { return items->emplace_back(path), Status(); },
      [&](std::string_view prefix) {
        return items->push_back(std::string(prefix) + "*"), Status();
      });
  EXPECT_TRUE(end.ok());
  return *end;
}

TEST(WalkPageTest, StepsOverACommonPrefixInOneSeek) {
  Records records;
  for (int i = 0; i < 1000; ++i) records["big/" + std::to_string(i)] = 0;
  records["z"] = 0;
  CountingIterator source(std::move(records));
  Items items;
  const PageEnd end = Walk(source, {.delimiter = "/", .amount = 10}, &items);
  EXPECT_EQ(items, (Items{"big/*", "z"}));
  EXPECT_FALSE(end.has_more);
  EXPECT_EQ(source.moves, 3);
}

/// Everything under a prefix, grouped by the plain definition.
Items Grouped(const Records& records, const std::string& prefix, const std::string& delimiter) {
  Items items;
  for (const auto& [key, value] : records) {
    if (!key.starts_with(prefix)) continue;
    const size_t found = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    const std::string item =
        found == std::string::npos ? key : key.substr(0, found + delimiter.size()) + "*";
    if (items.empty() || items.back() != item) items.push_back(item);
  }
  return items;
}

class RandomPages {
 public:
  explicit RandomPages(uint64_t seed) : random_(seed) {}

  void Run() {
    Records records;
    for (uint64_t i = random_() % 40; i > 0; --i) records[Text(5)] = 0;
    records.erase("");
    const std::string prefix = Text(2), delimiter = Text(2);
    const size_t amount = 1 + random_() % 4;
    CountingIterator source(records);
    Items paged;
    std::string after;
    for (bool more = true; more;) {
      const size_t before = paged.size();
      const PageEnd end = Walk(source, {prefix, after, delimiter, amount}, &paged);
      EXPECT_EQ(end.items, paged.size() - before);
      ASSERT_TRUE(!end.has_more || end.items >= amount);
      ASSERT_TRUE(!end.has_more || IsValidUtf8(end.last)) << "every page can be continued";
      more = end.has_more;
      after = end.last;
    }
    EXPECT_EQ(paged, Grouped(records, prefix, delimiter))
        << "prefix '" << prefix << "' delimiter '" << delimiter << "' amount " << amount;
  }

 private:
  /// Up to `length_max` bytes of a small alphabet that reaches to 0xff.
  std::string Text(uint64_t length_max) {
    static const char kBytes[] = {'a', '/', '/', 'b', '\xff'};
    std::string text;
    for (uint64_t i = random_() % (length_max + 1); i > 0; --i) text += kBytes[random_() % 5];
    return text;
  }
  std::mt19937_64 random_;
};

TEST(WalkPageTest, PagesAddUpToTheWhole) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomPages pages(seed);
  for (int i = 0; i < 3000 && !::testing::Test::HasFailure(); ++i) pages.Run();
}

}  // namespace
}  // namespace tarn::catalog
