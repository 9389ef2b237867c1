// CopyFrom gives the same files as writing record by record, whatever is copied as bytes.
#include <gtest/gtest.h>

#include "sst/resume.h"
#include "sst/table_store.h"
#include "sst/testing/counting_objects.h"
#include "sst/testing/random_records.h"

namespace tarn::sst {
namespace {

const StorageNamespace kNamespace("mem://bucket/prefix");

/// New values, or tombstones.
using Changes = std::map<std::string, std::optional<Value>>;

void Apply(const Changes& changes, Records* records) {
  for (const auto& [key, value] : changes) {
    if (value) {
      (*records)[key] = *value;
    } else {
      records->erase(key);
    }
  }
}

/// Writes base tables with changes the way a commit does.
class Committer {
 public:
  Committer(TableStore& store, const BreakRule& rule, const Changes& changes)
      : store_(store), rule_(rule), change_(changes.begin()), changes_end_(changes.end()) {}

  std::vector<Table> Run(const std::vector<Table>& base) {
    for (const Table& table : base) CopyTable(table.id);
    while (change_ != changes_end_) ApplyChange();
    if (writer_.count() > 0) Cut();
    return std::move(tables_);
  }

 private:
  void CopyTable(const std::string& id) {
    auto records = store_.Iterate(kNamespace, id);
    ASSERT_TRUE(records.ok()) << records.status().ToString();
    TableIterator& at = **records;
    ASSERT_TRUE(at.Seek("").ok());
    for (;;) {
      std::optional<std::string_view> limit;
      if (change_ != changes_end_) limit = change_->first;
      const auto end = writer_.CopyFrom(at, limit, rule_);
      ASSERT_TRUE(end.ok()) << end.status().ToString();
      if (*end == CopyEnd::kBreak) Cut();
      if (*end == CopyEnd::kEnd) return;
      if (*end != CopyEnd::kLimit) continue;
      ASSERT_TRUE(at.Valid() && at.key() >= *limit);
      if (at.key() == *limit) {
        ASSERT_TRUE(at.Next().ok());
      }
      ApplyChange();
    }
  }
  void ApplyChange() {
    if (change_->second) {
      ASSERT_TRUE(writer_.Add(change_->first, change_->second->view()).ok());
      if (writer_.BreaksAfterLast(rule_)) Cut();
    }
    ++change_;
  }
  void Cut() {
    auto table = writer_.Finish();
    ASSERT_TRUE(table.ok());
    tables_.push_back(*std::move(table));
    writer_ = TableWriter(TableType::kRange);
  }

  TableStore& store_;
  const BreakRule rule_;
  Changes::const_iterator change_, changes_end_;
  TableWriter writer_{TableType::kRange};
  std::vector<Table> tables_;
};

void ExpectSameTables(const std::vector<Table>& got, const std::vector<Table>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_EQ(got[i].id, expected[i].id);
    ASSERT_EQ(got[i].estimated_size, expected[i].estimated_size);
    ASSERT_EQ(got[i].count, expected[i].count);
    ASSERT_EQ(got[i].min_key, expected[i].min_key);
    ASSERT_EQ(got[i].max_key, expected[i].max_key);
    ASSERT_TRUE(got[i].bytes == expected[i].bytes);
  }
}

BreakRule RandomRule(RecordMaker& make) {
  BreakRule rule;
  rule.raggedness_entries = 100 + make.Below(make.OneIn(3) ? 100000 : 2000);
  if (make.OneIn(3)) rule.size_bytes_min = make.Below(60000);
  if (make.OneIn(3)) rule.size_bytes_max = 500 + make.Below(200000);
  return rule;
}

Changes RandomChanges(RecordMaker& make, const RecordShape& shape, const Records& records) {
  Changes changes;
  const bool deletes_runs = make.OneIn(4);
  for (uint64_t left = make.Below(make.OneIn(3) ? 60 : 4); left > 0; --left) {
    auto near = records.lower_bound(make.Key(shape));
    if (near == records.end() || make.OneIn(3)) {
      changes[make.Key(shape)] = make.MakeValue(shape);
      continue;
    }
    for (uint64_t run = deletes_runs ? make.Below(100) : 1; run > 0 && near != records.end();
         --run, ++near) {
      const bool deletes = deletes_runs || make.OneIn(2);
      changes[near->first] = deletes ? std::nullopt : std::optional(make.MakeValue(shape));
    }
  }
  return changes;
}

/// One table set through several commits; every result is compared.
void RunGenerations(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  RecordMaker make(seed);
  const RecordShape shape = make.Shape();
  BreakRule rule = RandomRule(make);
  Records records = make.Make(shape, make.Below(make.OneIn(3) ? 12000 : 3000));
  CountingObjects objects;
  auto store = std::make_unique<TableStore>(objects, TableStoreOptions());
  std::vector<Table> base = WriteTables(records, rule);
  for (int generation = 0; generation < 5; ++generation) {
    for (const Table& table : base) ASSERT_TRUE(store->Write(kNamespace, table).ok());
    // Now and then saved states are lost, or the rule changes.
    if (make.OneIn(4)) store = std::make_unique<TableStore>(objects, TableStoreOptions());
    if (make.OneIn(6)) rule = RandomRule(make);
    const Changes changes = RandomChanges(make, shape, records);
    Apply(changes, &records);
    std::vector<Table> tables = Committer(*store, rule, changes).Run(base);
    ASSERT_NO_FATAL_FAILURE(ExpectSameTables(tables, WriteTables(records, rule)));
    base = std::move(tables);
  }
}

TEST(TableCopy, GivesTheSameTablesAsRecordByRecord) {
  const uint64_t first_seed = std::random_device()();
  std::cout << "first seed " << first_seed << "\n";
  for (uint64_t seed = first_seed; seed < first_seed + 25 && !HasFailure(); ++seed) {
    RunGenerations(seed);
  }
}

constexpr BreakRule kNever{0, UINT64_MAX, UINT64_MAX};

/// A table large enough for several saved states.
struct LargeTable {
  LargeTable() : records(RecordMaker(7).Make({}, 30000)) {
    TableWriter writer(TableType::kRange);
    for (const auto& [key, value] : records) {
      EXPECT_TRUE(writer.Add(key, value.view()).ok());
      EXPECT_FALSE(writer.BreaksAfterLast(kNever));
    }
    table = *writer.Finish();
  }
  Records records;
  Table table;
};

/// That table in a store of its own.
class LargeTableTest : public testing::Test {
 protected:
  LargeTableTest() { EXPECT_TRUE(store_.Write(kNamespace, table_).ok()); }
  static const LargeTable& Large() {
    static const LargeTable large;
    return large;
  }
  const std::string& KeyAt(size_t i) {
    return std::next(records_.begin(), static_cast<ptrdiff_t>(i))->first;
  }

  const BreakRule rule_ = kNever;
  const Records& records_ = Large().records;
  const Table& table_ = Large().table;
  CountingObjects objects_;
  TableStore store_{objects_, {}};
};

TEST_F(LargeTableTest, StatesAreInheritedAlongWithTheBlocks) {
  ASSERT_GT(table_.resume->points.size(), 10U);
  ASSERT_TRUE(table_.resume->rule);
  const Changes changes = {{KeyAt(15000) + "x", Value{"i", "d"}}};
  const std::vector<Table> changed = Committer(store_, rule_, changes).Run({table_});
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].resume->rule, rule_);
  const auto& inherited = changed[0].resume->points;
  EXPECT_EQ(inherited.size(), table_.resume->points.size());
  EXPECT_EQ(inherited[3], table_.resume->points[3]);          // The same object: shared.
  EXPECT_NE(inherited.back(), table_.resume->points.back());  // After the change.
}

TEST_F(LargeTableTest, CopyOfADamagedBlockFails) {
  const std::string address = store_.AddressOf(table_.id);
  for (const size_t damaged_at : {size_t{100}, table_.bytes.size() / 2}) {
    std::string bytes = table_.bytes;
    bytes[damaged_at] = static_cast<char>(bytes[damaged_at] ^ 1);
    ASSERT_TRUE(block::PutObject(objects_, {kNamespace.view(), address}, bytes).ok());
    TableStore store(objects_, {});
    ASSERT_TRUE(store.Write(kNamespace, table_).ok());  // Saved states, old bytes.
    auto from = store.Iterate(kNamespace, table_.id);
    ASSERT_TRUE(from.ok());
    TableWriter writer(TableType::kRange);
    Status seek = (*from)->Seek("");
    const auto end = seek.ok() ? writer.CopyFrom(**from, std::nullopt, rule_) : seek;
    EXPECT_EQ(end.code(), Code::kCorrupt);
    EXPECT_NE(end.status().message().find(address + " at offset "), std::string::npos)
        << end.status().message();
  }
}

TEST_F(LargeTableTest, CopyOfPartsKeepsLimitsExactly) {
  RecordMaker make(8);
  for (int round = 0; round < 15; ++round) {
    const size_t from_index = make.Below(records_.size());
    const size_t to_index = from_index + make.Below(records_.size() - from_index);
    // A limit on a key, or between two.
    const std::string limit = KeyAt(to_index) + (make.OneIn(2) ? "" : "\x01");
    auto from = store_.Iterate(kNamespace, table_.id);
    ASSERT_TRUE((*from)->Seek(KeyAt(from_index)).ok());
    TableWriter copied(TableType::kRange);
    const auto end = copied.CopyFrom(**from, limit, rule_);
    ASSERT_TRUE(end.ok());
    const auto stop = records_.lower_bound(limit);
    ASSERT_EQ(*end, stop == records_.end() ? CopyEnd::kEnd : CopyEnd::kLimit);
    if (stop != records_.end()) {
      ASSERT_EQ((*from)->key(), stop->first);
    }
    Records part(records_.find(KeyAt(from_index)), stop);
    const std::vector<Table> expected = WriteTables(part, rule_);
    if (expected.empty()) {
      ASSERT_EQ(copied.count(), 0U);
    } else {
      ASSERT_NO_FATAL_FAILURE(ExpectSameTables({*copied.Finish()}, expected));
    }
  }
}

TEST_F(LargeTableTest, CopyBelowTheLastKeyIsRefused) {
  auto from = store_.Iterate(kNamespace, table_.id);
  ASSERT_TRUE((*from)->Seek("").ok());
  TableWriter writer(TableType::kRange);
  ASSERT_TRUE(writer.Add("zzz", {"i", "d"}).ok());
  const auto end = writer.CopyFrom(**from, std::nullopt, rule_);
  EXPECT_EQ(end.code(), Code::kInvalidValue);
}

TEST_F(LargeTableTest, CopyOfAnUntouchedBeginningReadsItOnce) {
  auto from = store_.Iterate(kNamespace, table_.id);
  ASSERT_TRUE((*from)->Seek("").ok());
  const int reads = objects_.reads;
  const uint64_t bytes = objects_.bytes_read;
  TableWriter writer(TableType::kRange);
  ASSERT_TRUE(writer.CopyFrom(**from, std::nullopt, rule_).ok());
  EXPECT_LT(objects_.bytes_read - bytes, table_.bytes.size() * 11 / 10);
  EXPECT_LT(objects_.reads - reads, 100);  // Index partitions, one large read, the end.
}

}  // namespace
}  // namespace tarn::sst
