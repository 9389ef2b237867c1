// What every KV driver must do, as a type-parameterized test suite. Level 3, tests only.
//
// A driver's test names a Driver type with `Result<std::unique_ptr<Store>> Open()`, which makes an
// empty store, and instantiates StoreSuite with it. `static std::string Missing()`, where there is
// one, says what the driver lacks here; its tests are skipped then. Random parts print their seed.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/blocking.h"
#include "kv/store.h"

namespace tarn::kv {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Keys = std::vector<std::string>;

inline Keys KeysOf(const Pairs& pairs) {
  Keys keys;
  for (const auto& [key, value] : pairs) keys.push_back(key);
  return keys;
}

template <class Driver>
class StoreSuite : public testing::Test {
 protected:
  void SetUp() override {
    if constexpr (requires { Driver::Missing(); }) {
      if (const std::string missing = Driver::Missing(); !missing.empty()) GTEST_SKIP() << missing;
    }
    auto opened = driver_.Open();
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = *std::move(opened);
  }

  std::optional<std::string> MustGet(std::string_view partition, std::string_view key) {
    auto found = store_->Get(partition, key);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return found.ok() ? *std::move(found) : std::nullopt;
  }

  static Pairs Rest(Iterator* it) {
    Pairs pairs;
    while (it->Valid()) {
      pairs.emplace_back(it->key(), it->value());
      const Status moved = it->Next();
      EXPECT_TRUE(moved.ok()) << moved.ToString();
    }
    return pairs;
  }
  Pairs MustScan(std::string_view partition, std::string_view prefix, std::string_view from = {}) {
    auto it = store_->Scan(partition, prefix);
    EXPECT_TRUE(it.ok()) << it.status().ToString();
    if (!it.ok()) return {};
    EXPECT_TRUE((*it)->Seek(from).ok());
    return Rest(it->get());
  }

  Driver driver_;
  std::unique_ptr<Store> store_;
};

TYPED_TEST_SUITE_P(StoreSuite);

TYPED_TEST_P(StoreSuite, GetSetDelete) {
  EXPECT_EQ(this->MustGet("p", "a"), std::nullopt);
  ASSERT_TRUE(this->store_->Set("p", "a", "1").ok());
  EXPECT_EQ(this->MustGet("p", "a"), "1");
  ASSERT_TRUE(this->store_->Set("p", "a", "").ok());
  EXPECT_EQ(this->MustGet("p", "a"), "") << "an empty value is a value";
  ASSERT_TRUE(this->store_->Delete("p", "a").ok());
  EXPECT_EQ(this->MustGet("p", "a"), std::nullopt);
  EXPECT_TRUE(this->store_->Delete("p", "a").ok()) << "deleting nothing succeeds";
}

TYPED_TEST_P(StoreSuite, PredicateAbsent) {
  ASSERT_TRUE(this->store_->SetIf("p", "a", "1", Predicate::Absent()).ok());
  const Status again = this->store_->SetIf("p", "a", "2", Predicate::Absent());
  EXPECT_EQ(again.code(), Code::kPredicateFailed);
  EXPECT_EQ(again.message(), "predicate failed");
  EXPECT_EQ(this->MustGet("p", "a"), "1");
  ASSERT_TRUE(this->store_->Set("p", "a", "").ok());
  EXPECT_EQ(this->store_->SetIf("p", "a", "2", Predicate::Absent()).code(), Code::kPredicateFailed)
      << "an empty value is present";
  ASSERT_TRUE(this->store_->Delete("p", "a").ok());
  EXPECT_TRUE(this->store_->SetIf("p", "a", "3", Predicate::Absent()).ok());
}

TYPED_TEST_P(StoreSuite, PredicatePresent) {
  EXPECT_EQ(this->store_->SetIf("p", "a", "1", Predicate::Present()).code(),
            Code::kPredicateFailed);
  EXPECT_EQ(this->MustGet("p", "a"), std::nullopt);
  ASSERT_TRUE(this->store_->Set("p", "a", "1").ok());
  EXPECT_TRUE(this->store_->SetIf("p", "a", "2", Predicate::Present()).ok());
  EXPECT_EQ(this->MustGet("p", "a"), "2");
}

TYPED_TEST_P(StoreSuite, PredicateEquals) {
  EXPECT_EQ(this->store_->SetIf("p", "a", "1", Predicate::Equals("")).code(),
            Code::kPredicateFailed)
      << "absent is not empty";
  ASSERT_TRUE(this->store_->Set("p", "a", "1").ok());
  EXPECT_EQ(this->store_->SetIf("p", "a", "2", Predicate::Equals("11")).code(),
            Code::kPredicateFailed);
  EXPECT_TRUE(this->store_->SetIf("p", "a", "2", Predicate::Equals("1")).ok());
  EXPECT_EQ(this->MustGet("p", "a"), "2");
  const auto found = this->MustGet("p", "a");
  EXPECT_TRUE(this->store_->SetIf("p", "a", "3", Predicate::Unchanged(found)).ok());
  EXPECT_EQ(this->store_->SetIf("p", "a", "4", Predicate::Unchanged(found)).code(),
            Code::kPredicateFailed);
  EXPECT_TRUE(this->store_->SetIf("p", "b", "1", Predicate::Unchanged(std::nullopt)).ok());
}

TYPED_TEST_P(StoreSuite, DeleteIf) {
  Store& store = *this->store_;
  EXPECT_TRUE(store.DeleteIf("p", "a", Predicate::Absent()).ok()) << "nothing to delete";
  EXPECT_EQ(store.DeleteIf("p", "a", Predicate::Present()).code(), Code::kPredicateFailed);
  EXPECT_EQ(store.DeleteIf("p", "a", Predicate::Equals("")).code(), Code::kPredicateFailed);
  ASSERT_TRUE(store.Set("p", "a", "1").ok());
  EXPECT_EQ(store.DeleteIf("p", "a", Predicate::Absent()).code(), Code::kPredicateFailed);
  const Status other = store.DeleteIf("p", "a", Predicate::Equals("2"));
  EXPECT_EQ(other.code(), Code::kPredicateFailed);
  EXPECT_EQ(other.message(), "predicate failed");
  EXPECT_EQ(this->MustGet("p", "a"), "1");
  EXPECT_TRUE(store.DeleteIf("p", "a", Predicate::Equals("1")).ok());
  EXPECT_EQ(this->MustGet("p", "a"), std::nullopt);
  ASSERT_TRUE(store.Set("p", "a", "").ok());
  EXPECT_TRUE(store.DeleteIf("p", "a", Predicate::Present()).ok());
  EXPECT_EQ(this->MustGet("p", "a"), std::nullopt);
}

TYPED_TEST_P(StoreSuite, SetMany) {
  Store& store = *this->store_;
  EXPECT_TRUE(store.SetMany("p", {}).empty());
  ASSERT_TRUE(store.Set("p", "b", "0").ok());
  const Predicate absent = Predicate::Absent(), zero = Predicate::Equals("0");
  const Put puts[] = {{"a", "1"},        {"a", "2", &absent}, {"b", "3", &zero},   {"", "4"},
                      {"b", "5", &zero}, {"c", "6", &absent}, {"c", "7", nullptr}, {"d", ""}};
  std::vector<Code> codes;
  for (const Status& status : store.SetMany("p", puts)) codes.push_back(status.code());
  const std::vector<Code> expected = {Code::kOk,
                                      Code::kPredicateFailed,
                                      Code::kOk,
                                      Code::kInvalidValue,
                                      Code::kPredicateFailed,
                                      Code::kOk,
                                      Code::kOk,
                                      Code::kOk};
  EXPECT_EQ(codes, expected);
  EXPECT_EQ(this->MustGet("p", "a"), "1");
  EXPECT_EQ(this->MustGet("p", "b"), "3");
  EXPECT_EQ(this->MustGet("p", "c"), "7");
  EXPECT_EQ(this->MustGet("p", "d"), "");

  std::vector<std::string> keys;
  for (int i = 0; i < 3000; ++i) keys.push_back("many" + std::to_string(i));
  std::vector<Put> many;
  for (const std::string& key : keys) many.push_back({key, key});
  for (const Status& status : store.SetMany("q", many)) ASSERT_TRUE(status.ok());
  for (const std::string& key : keys) ASSERT_EQ(this->MustGet("q", key), key);
}

TYPED_TEST_P(StoreSuite, EmptyArguments) {
  Store& store = *this->store_;
  const auto expect = [](const Status& status, std::string_view text) {
    EXPECT_EQ(status.code(), Code::kInvalidValue);
    EXPECT_EQ(status.message(), text);
  };
  expect(store.Get("", "k").status(), kMissingPartition);
  expect(store.Get("p", "").status(), kMissingKey);
  expect(store.Set("", "k", "v"), kMissingPartition);
  expect(store.Set("p", "", "v"), kMissingKey);
  expect(store.SetIf("", "k", "v", Predicate::Absent()), kMissingPartition);
  expect(store.SetIf("p", "", "v", Predicate::Absent()), kMissingKey);
  expect(store.Delete("", "k"), kMissingPartition);
  expect(store.Delete("p", ""), kMissingKey);
  expect(store.DeleteIf("", "k", Predicate::Present()), kMissingPartition);
  expect(store.DeleteIf("p", "", Predicate::Present()), kMissingKey);
  expect(store.Scan("", "").status(), kMissingPartition);
  expect(store.Drop("", ""), kMissingPartition);
}

TYPED_TEST_P(StoreSuite, TooLongArguments) {
  Store& store = *this->store_;
  const Traits& traits = store.traits();
  const std::string name(traits.partition_bytes_max + 1, 'n');
  const std::string key(traits.key_bytes_max + 1, 'k');
  EXPECT_EQ(store.Set(name, "k", "v").code(), Code::kTooLarge);
  EXPECT_EQ(store.Set("p", key, "v").code(), Code::kTooLarge);
  EXPECT_EQ(store.Get("p", key).code(), Code::kTooLarge);
  EXPECT_EQ(store.DeleteIf("p", key, Predicate::Present()).code(), Code::kTooLarge);
  EXPECT_EQ(store.Scan(name, "").code(), Code::kTooLarge);
  const std::string longest_name(traits.partition_bytes_max, 'n');
  const std::string longest_key(traits.key_bytes_max, 'k');
  EXPECT_TRUE(store.Set(longest_name, longest_key, "v").ok());
  EXPECT_EQ(this->MustGet(longest_name, longest_key), "v");
  EXPECT_EQ(KeysOf(this->MustScan(longest_name, "")), Keys{longest_key});
}

TYPED_TEST_P(StoreSuite, BinaryKeysInByteOrder) {
  const std::vector<std::string> keys = {std::string("\0", 1),
                                         std::string("\0\0", 2),
                                         std::string("\0a", 2),
                                         "/",
                                         "a",
                                         std::string("a\0", 2),
                                         std::string("a\0b", 3),
                                         "a/b",
                                         "aa",
                                         "\x7f",
                                         "\x80",
                                         "\xfe\xff",
                                         "\xff",
                                         std::string("\xff\0", 2),
                                         "\xff\xff",
                                         "\xff\xff\x01"};
  Keys shuffled = keys;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
  for (const auto& key : shuffled) ASSERT_TRUE(this->store_->Set("p", key, "v" + key).ok());
  const auto pairs = this->MustScan("p", "");
  EXPECT_EQ(KeysOf(pairs), keys);
  for (const auto& [key, value] : pairs) EXPECT_EQ(value, "v" + key);
  for (const auto& key : keys) EXPECT_EQ(this->MustGet("p", key), "v" + key);
  EXPECT_EQ(KeysOf(this->MustScan("p", "\xff")),
            (Keys{"\xff", std::string("\xff\0", 2), "\xff\xff", "\xff\xff\x01"}));
  EXPECT_EQ(KeysOf(this->MustScan("p", "\xff\xff")), (Keys{"\xff\xff", "\xff\xff\x01"}));
  EXPECT_EQ(KeysOf(this->MustScan("p", std::string("\0", 1))),
            (Keys{std::string("\0", 1), std::string("\0\0", 2), std::string("\0a", 2)}));
}

TYPED_TEST_P(StoreSuite, ScanSeeksInsidePrefix) {
  for (const char* key : {"a/1", "a/2", "a/3", "b/1", "b/2", "c/1"}) {
    ASSERT_TRUE(this->store_->Set("p", key, key).ok());
  }
  EXPECT_EQ(KeysOf(this->MustScan("p", "b/")), (Keys{"b/1", "b/2"}));
  EXPECT_EQ(KeysOf(this->MustScan("p", "b/", "a/2")), (Keys{"b/1", "b/2"}));
  EXPECT_EQ(KeysOf(this->MustScan("p", "b/", "b/2")), Keys{"b/2"});
  EXPECT_EQ(KeysOf(this->MustScan("p", "b/", "b/3")), Keys{});
  EXPECT_EQ(KeysOf(this->MustScan("p", "b/", "c/1")), Keys{});
  EXPECT_EQ(KeysOf(this->MustScan("p", "", "b/11")), (Keys{"b/2", "c/1"}));
  EXPECT_EQ(KeysOf(this->MustScan("p", "x")), Keys{});
  EXPECT_EQ(KeysOf(this->MustScan("nothing", "")), Keys{});
  auto it = this->store_->Scan("p", "a/");
  ASSERT_TRUE(it.ok());
  EXPECT_FALSE((*it)->Valid()) << "nothing before the first Seek";
  ASSERT_TRUE((*it)->Seek("a/3").ok());
  EXPECT_EQ((*it)->key(), "a/3");
  ASSERT_TRUE((*it)->Next().ok());
  EXPECT_FALSE((*it)->Valid());
  ASSERT_TRUE((*it)->Seek("a/1").ok());
  EXPECT_EQ(KeysOf(this->Rest(it->get())), (Keys{"a/1", "a/2", "a/3"})) << "seeks go back as well";
}

TYPED_TEST_P(StoreSuite, ScanUnderWrites) {
  for (const char* key : {"a", "b", "c", "d", "e", "f"}) {
    ASSERT_TRUE(this->store_->Set("p", key, "old").ok());
  }
  auto it = this->store_->Scan("p", "");
  ASSERT_TRUE(it.ok());
  ASSERT_TRUE((*it)->Seek("").ok());
  ASSERT_TRUE(this->store_->Set("p", "e", "new").ok());
  ASSERT_TRUE(this->store_->Set("p", "aa", "new").ok());
  ASSERT_TRUE(this->store_->Delete("p", "d").ok());
  const Pairs seen = this->Rest(it->get());
  if (this->store_->traits().scans == ScanKind::kSnapshot) {
    const Pairs expected = {{"a", "old"}, {"b", "old"}, {"c", "old"},
                            {"d", "old"}, {"e", "old"}, {"f", "old"}};
    EXPECT_EQ(seen, expected);
    ASSERT_TRUE(this->store_->Drop("p", "").ok());
    ASSERT_TRUE((*it)->Seek("").ok());
    EXPECT_EQ(this->Rest(it->get()), expected) << "what was dropped is still seen";
  } else {
    const Keys keys = KeysOf(seen);
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
    for (const char* stays : {"a", "b", "c", "f"}) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), Pairs::value_type(stays, "old")), 1) << stays;
    }
    ASSERT_TRUE(this->store_->Drop("p", "").ok());
  }
  EXPECT_EQ(KeysOf(this->MustScan("p", "")), Keys{});
}

TYPED_TEST_P(StoreSuite, PartitionsAreIsolated) {
  // Names that a careless joining of partition and key would confuse.
  const std::vector<std::string> names = {
      "a", "a/b", "aa", "b", std::string("a\0", 2), "\xff", "\xff\xff", std::string("\0", 1)};
  for (const auto& name : names) {
    ASSERT_TRUE(this->store_->Set(name, "b/c", "in " + name).ok());
    ASSERT_TRUE(this->store_->Set(name, "c", "in " + name).ok());
  }
  for (const auto& name : names) {
    const Pairs expected = {{"b/c", "in " + name}, {"c", "in " + name}};
    EXPECT_EQ(this->MustScan(name, ""), expected);
  }
  Keys sorted = names;
  std::sort(sorted.begin(), sorted.end());
  auto listed = this->store_->ListPartitions();
  ASSERT_TRUE(listed.ok());
  EXPECT_EQ(*listed, sorted);
  ASSERT_TRUE(this->store_->Drop("a", "").ok());
  EXPECT_EQ(KeysOf(this->MustScan("a", "")), Keys{});
  EXPECT_EQ(this->MustScan("a/b", "").size(), 2u);
  EXPECT_EQ(this->MustScan("aa", "").size(), 2u);
  sorted.erase(std::find(sorted.begin(), sorted.end(), "a"));
  listed = this->store_->ListPartitions();
  ASSERT_TRUE(listed.ok());
  EXPECT_EQ(*listed, sorted) << "an emptied partition is not listed";
}

TYPED_TEST_P(StoreSuite, DropTakesExactlyThePrefix) {
  for (const char* key : {"a", "b", "b/1", "b/2", "b0", "c", "\xff", "\xff\xff"}) {
    ASSERT_TRUE(this->store_->Set("p", key, "v").ok());
  }
  ASSERT_TRUE(this->store_->Drop("p", "b/").ok());
  EXPECT_EQ(KeysOf(this->MustScan("p", "")), (Keys{"a", "b", "b0", "c", "\xff", "\xff\xff"}));
  ASSERT_TRUE(this->store_->Drop("p", "\xff").ok());
  EXPECT_EQ(KeysOf(this->MustScan("p", "")), (Keys{"a", "b", "b0", "c"}));
  ASSERT_TRUE(this->store_->Drop("p", "nothing").ok());
  ASSERT_TRUE(this->store_->Drop("nothing", "").ok());
  ASSERT_TRUE(this->store_->Drop("p", "").ok());
  EXPECT_EQ(KeysOf(this->MustScan("p", "")), Keys{});
  ASSERT_TRUE(this->store_->Set("p", "b", "again").ok());
  EXPECT_EQ(this->MustGet("p", "b"), "again") << "a dropped partition can be used again";
}

TYPED_TEST_P(StoreSuite, DropOfManyKeys) {
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(this->store_->Set(i % 2 ? "odd" : "even", "key" + std::to_string(i), "v").ok());
  }
  ASSERT_TRUE(this->store_->Drop("odd", "").ok());
  EXPECT_EQ(this->MustScan("odd", "").size(), 0u);
  EXPECT_EQ(this->MustGet("odd", "key1"), std::nullopt);
  EXPECT_TRUE(this->store_->SetIf("odd", "key1", "new", Predicate::Absent()).ok());
  EXPECT_EQ(KeysOf(this->MustScan("odd", "")), Keys{"key1"});
  EXPECT_EQ(this->MustScan("even", "").size(), 1500u);
}

TYPED_TEST_P(StoreSuite, LargeValues) {
  std::mt19937_64 random(11);
  for (const size_t size : {size_t{1} << 12, size_t{1} << 20, (size_t{8} << 20) + 3}) {
    if (size >= this->store_->traits().value_bytes_max) continue;
    std::string value(size, '\0');
    for (char& c : value) c = static_cast<char>(random());
    ASSERT_TRUE(this->store_->Set("p", "large", value).ok());
    EXPECT_EQ(this->MustGet("p", "large") == value, true) << size;
    ASSERT_TRUE(this->store_->SetIf("p", "large", "x" + value, Predicate::Equals(value)).ok());
  }
}

TYPED_TEST_P(StoreSuite, NoWritesWhereWaitingIsForbidden) {
  ASSERT_TRUE(this->store_->Set("p", "a", "1").ok());
  NoBlockingScope scope;
  EXPECT_EQ(this->store_->Set("p", "a", "2").code(), Code::kWouldBlock);
  EXPECT_EQ(this->store_->SetIf("p", "a", "2", Predicate::Present()).code(), Code::kWouldBlock);
  EXPECT_EQ(this->store_->Delete("p", "a").code(), Code::kWouldBlock);
  EXPECT_EQ(this->store_->DeleteIf("p", "a", Predicate::Present()).code(), Code::kWouldBlock);
  EXPECT_EQ(this->store_->Drop("p", "").code(), Code::kWouldBlock);
  auto found = this->store_->Get("p", "a");
  EXPECT_TRUE(found.code() == Code::kWouldBlock || (found.ok() && *found == "1"));
}

TYPED_TEST_P(StoreSuite, ConcurrentCountersLoseNothing) {
  constexpr int kThreads = 8, kRounds = 100, kCounters = 3;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        const std::string key = "counter" + std::to_string((t + i) % kCounters);
        for (;;) {
          const auto found = this->MustGet("p", key);
          const std::string next = std::to_string(found ? std::stoi(*found) + 1 : 1);
          const Status set = this->store_->SetIf("p", key, next, Predicate::Unchanged(found));
          if (set.ok()) break;
          ASSERT_EQ(set.code(), Code::kPredicateFailed) << set.ToString();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  int sum = 0;
  for (int c = 0; c < kCounters; ++c)
    sum += std::stoi(*this->MustGet("p", "counter" + std::to_string(c)));
  EXPECT_EQ(sum, kThreads * kRounds);
}

TYPED_TEST_P(StoreSuite, OneWinnerAmongCreators) {
  constexpr int kThreads = 8, kKeys = 40;
  std::atomic<int> winners = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kKeys; ++i) {
        const Status set = this->store_->SetIf("p", "key" + std::to_string(i), std::to_string(t),
                                               Predicate::Absent());
        if (set.ok()) {
          ++winners;
          EXPECT_EQ(this->MustGet("p", "key" + std::to_string(i)), std::to_string(t));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(winners.load(), kKeys);
}

TYPED_TEST_P(StoreSuite, OneWinnerAmongRemovers) {
  constexpr int kThreads = 8, kKeys = 40;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(this->store_->Set("p", "key" + std::to_string(i), "v").ok());
  }
  std::atomic<int> winners = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kKeys; ++i) {
        const Status removed =
            this->store_->DeleteIf("p", "key" + std::to_string(i), Predicate::Equals("v"));
        if (removed.ok()) ++winners;
        EXPECT_TRUE(removed.ok() || removed.code() == Code::kPredicateFailed);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(winners.load(), kKeys);
}

TYPED_TEST_P(StoreSuite, LikeAMap) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  const auto name = [&] {
    std::string text;
    for (uint32_t n = 1 + pick(3); n > 0; --n) text += std::string("\0a/\xff", 4)[pick(4)];
    return text;
  };
  std::map<std::string, std::map<std::string, std::string>> model;
  for (int step = 0; step < 3000; ++step) {
    const std::string partition = name(), key = name(), value = std::to_string(step);
    auto& rows = model[partition];
    const auto row = rows.find(key);
    switch (pick(7)) {
      case 0:
        ASSERT_TRUE(this->store_->Set(partition, key, value).ok());
        rows[key] = value;
        break;
      case 1: {
        const Status set = this->store_->SetIf(partition, key, value, Predicate::Absent());
        ASSERT_EQ(set.ok(), row == rows.end());
        if (set.ok()) rows[key] = value;
        break;
      }
      case 2:
        ASSERT_TRUE(this->store_->Delete(partition, key).ok());
        rows.erase(key);
        break;
      case 3: {
        const std::string prefix = pick(3) ? name() : "";
        if (pick(4)) break;
        ASSERT_TRUE(this->store_->Drop(partition, prefix).ok());
        std::erase_if(rows, [&](const auto& r) { return r.first.starts_with(prefix); });
        break;
      }
      case 4: {
        const std::string guess = pick(2) ? value : row == rows.end() ? "" : row->second;
        const Status removed = this->store_->DeleteIf(partition, key, Predicate::Equals(guess));
        ASSERT_EQ(removed.ok(), row != rows.end() && row->second == guess);
        if (removed.ok()) rows.erase(key);
        break;
      }
      case 5:
        ASSERT_EQ(this->MustGet(partition, key),
                  row == rows.end() ? std::nullopt : std::optional<std::string>(row->second));
        break;
      default: {
        const std::string prefix = pick(2) ? name() : "";
        Pairs expected;
        for (const auto& r : rows) {
          if (r.first.starts_with(prefix) && r.first >= key) expected.emplace_back(r);
        }
        ASSERT_EQ(this->MustScan(partition, prefix, key), expected);
      }
    }
  }
}

REGISTER_TYPED_TEST_SUITE_P(StoreSuite, GetSetDelete, PredicateAbsent, PredicatePresent,
                            PredicateEquals, DeleteIf, SetMany, EmptyArguments, TooLongArguments,
                            BinaryKeysInByteOrder, ScanSeeksInsidePrefix, ScanUnderWrites,
                            PartitionsAreIsolated, DropTakesExactlyThePrefix, DropOfManyKeys,
                            LargeValues, NoWritesWhereWaitingIsForbidden,
                            ConcurrentCountersLoseNothing, OneWinnerAmongCreators,
                            OneWinnerAmongRemovers, LikeAMap);

}  // namespace tarn::kv
