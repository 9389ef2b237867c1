// Listings ahead of who reads them, over a bucket in memory that counts what is asked of it. Order
// and pages as a server gives them: s3/key_lister_test.cc.
#include "block/remote/key_lister.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "base/random.h"
#include "block/remote/key_guess.h"
#include "fmt/format.h"

namespace tarn::block::remote {
namespace {

using testing::HasSubstr;

/// What the source of a bucket counts and does; outlives it.
struct Bucket {
  ListOrder order = ListOrder::kBytes;
  std::vector<std::string> keys;  ///< In byte order.
  int64_t delay_us = 0;           ///< Of each request.
  int fail_at = -1;               ///< The request that is refused.
  std::atomic<int> requests = 0, running = 0, running_max = 0;
};

class BucketPages final : public PageSource {
 public:
  explicit BucketPages(Bucket& bucket) : bucket_(bucket) {}
  std::string_view bucket() const override { return "bucket"; }

  Result<ListAnswer> Fetch(const PageRequest& asked) override {
    const int running = ++bucket_.running;
    for (int most = bucket_.running_max;
         running > most && !bucket_.running_max.compare_exchange_weak(most, running);) {
    }
    const int number = bucket_.requests++;
    std::this_thread::sleep_for(std::chrono::microseconds(bucket_.delay_us));
    --bucket_.running;
    if (asked.is_abandoned()) return Status(Code::kCancelled);
    if (number == bucket_.fail_at) return Status(Code::kSlowDown, "busy");
    return Page(asked);
  }

 private:
  /// Names of a folder are sorted without their slash, as this double's users need it.
  ListAnswer Page(const PageRequest& asked) const {
    ListAnswer page;
    page.order = bucket_.order;
    const std::string_view from = std::max(asked.after, asked.continuation);
    auto key = std::upper_bound(bucket_.keys.begin(), bucket_.keys.end(), from);
    key = std::max(key, std::lower_bound(bucket_.keys.begin(), bucket_.keys.end(), asked.prefix));
    for (; key != bucket_.keys.end() && key->starts_with(asked.prefix); ++key) {
      if (page.keys.size() + page.prefixes.size() == size_t{kListKeysMax}) {
        page.continuation = *std::prev(key);
        break;
      }
      const size_t slash =
          asked.delimiter.empty() ? std::string::npos : key->find('/', asked.prefix.size());
      if (slash == std::string::npos) {
        page.keys.push_back({*key, 1, {}, "tag"});
        continue;
      }
      std::string folder = key->substr(0, slash + 1);
      if (page.prefixes.empty() || page.prefixes.back() != folder) {
        page.prefixes.push_back(std::move(folder));
      }
    }
    return page;
  }

  Bucket& bucket_;
};

Result<std::vector<std::string>> ListAll(Bucket& bucket, std::string_view prefix,
                                         std::string_view after, const ListOptions& options) {
  TARN_TRY_ASSIGN(const auto lister,
                  ListKeys(std::make_unique<BucketPages>(bucket), prefix, after, options));
  std::vector<std::string> all;
  for (;;) {
    TARN_TRY_ASSIGN(const auto keys, lister->Next());
    if (keys.empty()) return all;
    for (const ListedKey& key : keys) all.push_back(key.key);
  }
}

std::vector<std::string> Numbered(const char* format, int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back(fmt::format(fmt::runtime(format), i));
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<std::string> Random(int count, int digits) {
  const auto random = SeededRandom(7);
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) {
    keys.push_back(fmt::format("p/{:016x}", random->Next64()).substr(0, 2 + size_t(digits)));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<std::string> InFolders(int folders, int files) {
  std::vector<std::string> keys;
  for (int folder = 0; folder < folders; ++folder) {
    for (int file = 0; file < files; ++file) {
      keys.push_back(fmt::format("p/year={:02}/part-{:05}/o-{:08}", folder / 40, folder, file));
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

class KeyListerTest : public testing::Test {
 protected:
  runtime::WorkerPool pool_{ListingPoolOptions()};
};

TEST_F(KeyListerTest, ReadsSpansInParallelAndHardlyMoreOften) {
  for (auto& keys : {Numbered("p/{:08}.bin", 60'000), Random(60'000, 16), InFolders(120, 500)}) {
    Bucket bucket{.keys = keys, .delay_us = 5000};
    const auto all = ListAll(bucket, "p/", "", {.pool = &pool_});
    ASSERT_TRUE(all.ok()) << all.status().ToString();
    EXPECT_EQ(*all, keys);
    EXPECT_GT(bucket.running_max, 3) << keys.front();
    EXPECT_LE(bucket.requests, 60 * 3 / 2) << keys.front();
  }
}

TEST_F(KeyListerTest, AShortListingCostsItsPages) {
  Bucket bucket{.keys = Numbered("p/{:08}.bin", 6'500)};
  EXPECT_EQ(*ListAll(bucket, "p/", "", {.pool = &pool_}), bucket.keys);
  EXPECT_EQ(bucket.requests, 7);
}

TEST_F(KeyListerTest, KeysThatTellNothingCostLittle) {
  std::vector<std::string> keys;
  // Ever longer names: none is a number.
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 500; ++j) {
      keys.push_back("p/" + std::string(static_cast<size_t>(i), 'z') + fmt::format("a{:03}~", j));
    }
  }
  std::sort(keys.begin(), keys.end());
  Bucket bucket{.keys = keys};
  EXPECT_EQ(*ListAll(bucket, "p/", "", {.pool = &pool_}), keys);
  EXPECT_LE(bucket.requests, 20 + 5);
}

TEST_F(KeyListerTest, BeginsAnywhereAndKeepsToItsPrefix) {
  const std::vector<std::string> keys = InFolders(60, 500);
  Bucket bucket{.keys = keys};
  bucket.keys.push_back("q/behind");
  bucket.keys.insert(bucket.keys.begin(), "a/before");
  for (const size_t at : {0, 1, 999, 1000, 12'345, 29'999}) {
    const auto rest = ListAll(bucket, "p/", keys[at], {.pool = &pool_});
    ASSERT_TRUE(rest.ok());
    EXPECT_TRUE(std::equal(rest->begin(), rest->end(),
                           keys.begin() + static_cast<ptrdiff_t>(at) + 1, keys.end()));
  }
}

TEST_F(KeyListerTest, AnOrderThatIsNotCertainIsNotCut) {
  Bucket bucket{.order = ListOrder::kUnknown, .keys = Numbered("p/{:08}", 20'000)};
  EXPECT_EQ(*ListAll(bucket, "p/", "", {.pool = &pool_}), bucket.keys);
  EXPECT_EQ(bucket.requests, 20);
  // One that is trusted is looked at all the same.
  bucket.order = ListOrder::kBytes;
  std::swap(bucket.keys[15'000], bucket.keys[15'001]);
  const auto wrong = ListAll(bucket, "p/", "", {.pool = &pool_});
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("out of order"));
}

TEST_F(KeyListerTest, FoldersThatComeNextAreListedAhead) {
  Bucket bucket{.order = ListOrder::kByFolder, .keys = InFolders(100, 100), .delay_us = 5000};
  EXPECT_EQ(*ListAll(bucket, "p/", "", {.pool = &pool_}), bucket.keys);
  EXPECT_GT(bucket.running_max, 3);
  EXPECT_LE(bucket.requests, 100 + 3 + 2);
  for (const size_t at : {1, 4'999, 9'998}) {
    const auto rest = ListAll(bucket, "p/", bucket.keys[at], {.pool = &pool_});
    EXPECT_EQ(rest->size(), bucket.keys.size() - at - 1);
  }
}

TEST_F(KeyListerTest, AFailureOfOnePageIsThatOfTheListing) {
  for (const ListOrder order : {ListOrder::kBytes, ListOrder::kByFolder, ListOrder::kUnknown}) {
    Bucket bucket{.order = order, .keys = InFolders(60, 500), .fail_at = 20};
    EXPECT_EQ(ListAll(bucket, "p/", "", {.pool = &pool_}).code(), Code::kSlowDown);
  }
}

TEST_F(KeyListerTest, StopsWithoutReadingOn) {
  for (const ListOrder order : {ListOrder::kBytes, ListOrder::kByFolder}) {
    Bucket bucket{.order = order, .keys = InFolders(120, 500), .delay_us = 1000};
    std::atomic<bool> stop = false;
    {
      const auto lister = ListKeys(std::make_unique<BucketPages>(bucket), "p/", "",
                                   {.stop = [&] { return stop.load(); }, .pool = &pool_});
      for (int i = 0; i < 10; ++i) ASSERT_TRUE((*lister)->Next().ok());
      stop = true;
      Result<std::vector<ListedKey>> next = (*lister)->Next();
      while (next.ok()) next = (*lister)->Next();
      EXPECT_EQ(next.code(), Code::kCancelled);
    }
    EXPECT_LT(bucket.requests, 60);
  }
}

TEST_F(KeyListerTest, WithoutAPoolNothingIsAskedAhead) {
  for (const ListOrder order : {ListOrder::kBytes, ListOrder::kByFolder}) {
    Bucket bucket{.order = order, .keys = Numbered("p/{:08}", 5'000)};
    const auto lister = ListKeys(std::make_unique<BucketPages>(bucket), "p/", "");
    const int before = bucket.requests;
    EXPECT_EQ((*lister)->Next()->size(), size_t{kListKeysMax});
    EXPECT_LE(bucket.requests, before + 1);
  }
}

std::optional<std::string> Guess(const std::vector<std::string>& keys, std::string_view base,
                                 uint64_t distance) {
  std::vector<ListedKey> sample;
  for (const std::string& key : keys) sample.push_back({key, 0, {}, ""});
  return GuessKey("p/", sample, base, distance);
}

TEST(GuessKey, GoesOnAsTheSampleDoes) {
  EXPECT_EQ(Guess({"p/0100", "p/0109", "p/0119"}, "p/0119", 2)->substr(0, 6), "p/0138");
  EXPECT_EQ(Guess({"p/f0", "p/f8"}, "p/f8", 1), std::nullopt);  // Nothing comes behind "f".
  EXPECT_EQ(Guess({"p/0e0", "p/0ea"}, "p/0ea", 1)->substr(0, 5), "p/0f4");
  // The digits before may change too, and names in between count for nothing.
  EXPECT_EQ(Guess({"p/d-199/a", "p/d-199/x", "p/d-201/b"}, "p/d-201/b", 4)->substr(0, 7),
            "p/d-205");
  EXPECT_EQ(Guess({"p/d-199/a", "p/d-201/b"}, "p/e-201/b", 1), std::nullopt);
}

TEST(GuessKey, HasNoIdeaWhereThereIsNone) {
  EXPECT_EQ(Guess({}, "p/", 1), std::nullopt);
  EXPECT_EQ(Guess({"p/a"}, "p/a", 1), std::nullopt);
  EXPECT_EQ(Guess({"p/\xc3\xa4", "p/\xc3\xb6"}, "p/\xc3\xb6", 1), std::nullopt);
  EXPECT_EQ(Guess({"o/1", "q/2"}, "q/2", 1), std::nullopt);
  EXPECT_EQ(Guess({"p/", "p/1"}, "p/1", 1), std::nullopt);
}

}  // namespace
}  // namespace tarn::block::remote
