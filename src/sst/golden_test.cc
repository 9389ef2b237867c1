// Every golden table of the reference is read back in full and written again byte for byte.
#include <gtest/gtest.h>

#include "codec/entry.h"
#include "codec/fixed.h"
#include "codec/hex.h"
#include "codec/varint.h"
#include "sst/table_store.h"
#include "sst/testing/counting_objects.h"
#include "sst/testing/golden_tables.h"

namespace tarn::sst {
namespace {

namespace json = boost::json;

const StorageNamespace kNamespace("mem://bucket/prefix");

class GoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    auto ids = GoldenTableIds();
    if (!ids) GTEST_SKIP() << "no golden tables";
    ids_ = *std::move(ids);
    ASSERT_GE(ids_.size(), 40U);
  }
  void Load(const GoldenTable& table) {
    const std::string address = store_.AddressOf(table.id);
    ASSERT_TRUE(block::PutObject(objects_, {kNamespace.view(), address}, table.bytes).ok());
  }

  std::vector<std::string> ids_;
  CountingObjects objects_;
  TableStore store_{objects_, {}};
};

std::string Text(const json::value& value) { return std::string(value.as_string()); }

/// The entry of a listing.
Entry EntryOf(const json::value& listed) {
  Entry entry;
  entry.address = Text(listed.at("address"));
  entry.last_modified = {listed.at("last_modified").at("seconds").to_number<int64_t>(),
                         listed.at("last_modified").at("nanos").to_number<int32_t>()};
  entry.size = listed.at("size").to_number<int64_t>();
  entry.checksum = Text(listed.at("e_tag"));
  for (const auto& [key, value] : listed.at("metadata").as_object()) {
    entry.metadata[std::string(key)] = Text(value);
  }
  const std::string type = Text(listed.at("address_type"));
  entry.address_type = type == "full"       ? AddressType::kFull
                       : type == "relative" ? AddressType::kRelative
                                            : AddressType::kByPrefixDeprecated;
  entry.content_type = Text(listed.at("content_type"));
  return entry;
}

void CheckEntry(const json::value& record, const ValueView& value) {
  const Entry listed = EntryOf(record.at("entry"));
  EXPECT_EQ(ToHex(AsView(IdentityOf(listed))), Text(record.at("identity")));
  const auto view = ParseEntry(value.data);
  ASSERT_TRUE(view.ok()) << view.status().ToString();
  const Entry read = ToEntry(*view);
  EXPECT_EQ(IdentityOf(read), IdentityOf(listed));
  EXPECT_EQ(read.address, listed.address);
  EXPECT_EQ(read.address_type, listed.address_type);
  EXPECT_EQ(read.last_modified, listed.last_modified);
  std::string again;
  AppendEntry(&again, read);
  // The reference writes several metadata pairs in any order.
  if (read.metadata.size() < 2) {
    EXPECT_EQ(ToHex(again), ToHex(value.data));
  }
}

/// The type that the writer is told, and everything else that was hashed.
std::map<std::string, std::string> ExtraProperties(const json::value& listing, TableType* type) {
  std::map<std::string, std::string> extra;
  for (const auto& [name, value] : listing.at("user_properties").as_object()) {
    extra[std::string(name)] = Text(value);
  }
  *type = extra.at("type") == "ranges" ? TableType::kRange : TableType::kMetarange;
  for (const char* name : {"type", "min_key", "max_key", "count", "estimated_size_bytes"}) {
    EXPECT_EQ(extra.erase(name), 1U) << name;
  }
  return extra;
}

TEST_F(GoldenTest, RecordsAreReadAsListed) {
  size_t records_total = 0;
  for (const std::string& id : ids_) {
    SCOPED_TRACE(id);
    const GoldenTable golden = ReadGoldenTable(id);
    Load(golden);
    auto records = store_.Iterate(kNamespace, id);
    ASSERT_TRUE(records.ok()) << records.status().ToString();
    TableIterator& at = **records;
    ASSERT_TRUE(at.Seek("").ok());
    for (const json::value& record : golden.listing.at("records").as_array()) {
      ASSERT_TRUE(at.Valid());
      ASSERT_EQ(at.key(), Text(record.at("key")));
      const json::object& fields = record.as_object();
      if (fields.contains("value")) {
        std::string stored;
        ASSERT_TRUE(AppendTableValue(&stored, at.value()).ok());
        ASSERT_EQ(ToHex(stored), Text(record.at("value")));
      }
      if (fields.contains("entry")) CheckEntry(record, at.value());
      if (fields.contains("range_id")) {
        ASSERT_EQ(at.value().identity, Text(record.at("range_id")));
      }
      ++records_total;
      ASSERT_TRUE(at.Next().ok());
    }
    EXPECT_FALSE(at.Valid());
  }
  EXPECT_GT(records_total, 23168U);
}

TEST_F(GoldenTest, PropertiesAreReadAsListed) {
  for (const std::string& id : ids_) {
    SCOPED_TRACE(id);
    const GoldenTable golden = ReadGoldenTable(id);
    Load(golden);
    auto properties = store_.Properties(kNamespace, id);
    ASSERT_TRUE(properties.ok()) << properties.status().ToString();
    for (const auto& [name, value] : golden.listing.at("user_properties").as_object()) {
      EXPECT_EQ(properties->at(std::string(name)), Text(value)) << name;
      properties->erase(std::string(name));
    }
    for (const auto& [name, value] : golden.listing.at("table_properties").as_object()) {
      SCOPED_TRACE(std::string(name));
      const std::string stored = properties->at(std::string(name));
      properties->erase(std::string(name));
      if (value.is_string()) {
        EXPECT_EQ(stored, Text(value));
        continue;
      }
      uint64_t number = 0;
      std::string_view rest = stored;
      if (stored.size() == 8) {
        number = LoadLe<uint64_t>(stored.data());
      } else if (name.ends_with("version") && stored.size() == 4) {
        number = LoadLe<uint32_t>(stored.data());
      } else if (name.ends_with("index.type")) {
        number = LoadLe<uint32_t>(stored.data());
      } else {
        ASSERT_TRUE(ConsumeVarint(&rest, &number));
      }
      EXPECT_EQ(number, value.to_number<uint64_t>());
    }
    EXPECT_TRUE(properties->empty()) << properties->begin()->first;
  }
}

TEST_F(GoldenTest, TablesAreWrittenByteForByte) {
  for (const std::string& id : ids_) {
    SCOPED_TRACE(id);
    const GoldenTable golden = ReadGoldenTable(id);
    Load(golden);
    TableType type{};
    const auto extra = ExtraProperties(golden.listing, &type);
    TableWriter writer(type, extra);
    auto records = store_.Iterate(kNamespace, id);
    ASSERT_TRUE(records.ok());
    TableIterator& at = **records;
    for (Status moved = at.Seek("");; moved = at.Next()) {
      ASSERT_TRUE(moved.ok()) << moved.ToString();
      if (!at.Valid()) break;
      ASSERT_TRUE(writer.Add(at.key(), at.value()).ok());
    }
    const auto table = writer.Finish();
    ASSERT_TRUE(table.ok());
    EXPECT_EQ(table->id, id);
    EXPECT_TRUE(table->bytes == golden.bytes);
    const json::value& listed = golden.listing.at("user_properties");
    EXPECT_EQ(std::to_string(table->estimated_size), Text(listed.at("estimated_size_bytes")));
    EXPECT_EQ(std::to_string(table->count), Text(listed.at("count")));
    EXPECT_EQ(table->min_key, Text(listed.at("min_key")));
    EXPECT_EQ(table->max_key, Text(listed.at("max_key")));
  }
}

TEST_F(GoldenTest, TablesAreCopiedByteForByte) {
  for (const std::string& id : ids_) {
    SCOPED_TRACE(id);
    const GoldenTable golden = ReadGoldenTable(id);
    Load(golden);
    TableType type{};
    const auto extra = ExtraProperties(golden.listing, &type);
    BreakRule never;
    never.size_bytes_max = UINT64_MAX;
    never.raggedness_entries = UINT64_MAX;
    // The second time from saved states.
    for (int round = 0; round < 2; ++round) {
      TableWriter writer(type, extra);
      auto records = store_.Iterate(kNamespace, id);
      ASSERT_TRUE(records.ok());
      ASSERT_TRUE((*records)->Seek("").ok());
      const auto end = writer.CopyFrom(**records, std::nullopt, never);
      ASSERT_TRUE(end.ok()) << end.status().ToString();
      EXPECT_EQ(*end, CopyEnd::kEnd);
      const auto table = writer.Finish();
      ASSERT_TRUE(table.ok());
      EXPECT_EQ(table->id, id);
      EXPECT_TRUE(table->bytes == golden.bytes);
      ASSERT_TRUE(store_.Write(kNamespace, *table).ok());
    }
  }
}

TEST_F(GoldenTest, EveryKeyIsFound) {
  for (const std::string& id : ids_) {
    SCOPED_TRACE(id);
    const GoldenTable golden = ReadGoldenTable(id);
    Load(golden);
    for (const json::value& record : golden.listing.at("records").as_array()) {
      const std::string key = Text(record.at("key"));
      const auto found = store_.Get(kNamespace, id, key);
      ASSERT_TRUE(found.ok() && *found) << key;
      const auto missing = store_.Get(kNamespace, id, key + std::string(1, '\0'));
      ASSERT_TRUE(missing.ok());
      ASSERT_FALSE(*missing) << key;
    }
  }
}

}  // namespace
}  // namespace tarn::sst
