// Files that pyarrow and delta-rs wrote (testing/parquet/make.py) hold what pyarrow reads in them.
#include "codec/parquet_rows.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <vector>

namespace tarn {
namespace {

std::string ReadData(const std::string& name) {
  std::ifstream file("src/codec/testing/parquet/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

Result<std::vector<Json>> Rows(std::string_view file, const ParquetReadOptions& options = {}) {
  std::vector<Json> rows;
  TARN_TRY(ReadParquetRows(file, options, [&rows](Json row) {
    rows.push_back(std::move(row));
    return Status();
  }));
  return rows;
}

/// True if both are the same, whatever literals numbers have.
bool Same(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a.AsDouble() == b.AsDouble();
  if (a.is_array() && b.is_array()) {
    if (a.items().size() != b.items().size()) return false;
    for (size_t i = 0; i < a.items().size(); ++i) {
      if (!Same(a.items()[i], b.items()[i])) return false;
    }
    return true;
  }
  if (!a.is_object() || !b.is_object()) return ToJsonText(a) == ToJsonText(b);
  if (a.members().size() != b.members().size()) return false;
  for (const auto& [name, value] : a.members()) {
    if (b.Find(name) == nullptr || !Same(value, *b.Find(name))) return false;
  }
  return true;
}

void Compare(const std::string& file, const std::string& expected) {
  SCOPED_TRACE(file);
  const auto rows = Rows(ReadData(file));
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  std::istringstream lines(ReadData(expected));
  std::string line;
  size_t count = 0;
  for (; std::getline(lines, line); ++count) {
    const auto want = ParseJson(line);
    ASSERT_TRUE(want.ok());
    ASSERT_LT(count, rows->size());
    EXPECT_TRUE(Same((*rows)[count], *want)) << "row " << count << "\n  expected " << line
                                             << "\n  actual   " << ToJsonText((*rows)[count]);
  }
  EXPECT_GT(count, 0U);
  EXPECT_EQ(rows->size(), count);
}

TEST(ParquetRows, AsOthersReadThem) {
  for (const char* kind : {"snappy", "gzip", "zstd", "pages-v2", "old-lists"}) {
    Compare("nested-" + std::string(kind) + ".parquet", "nested.json");
  }
  Compare("delta-rs.parquet", "delta-rs.json");
}

TEST(ParquetRows, ColumnsThatAreWanted) {
  ParquetReadOptions options;
  options.wants = [](std::string_view name) { return name == "group.a" || name == "must"; };
  const auto rows = Rows(ReadData("nested-snappy.parquet"), options);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 200U);
  EXPECT_EQ(ToJsonText((*rows)[0]), R"({"must":-50,"group":null})");
  EXPECT_EQ(ToJsonText((*rows)[1]), R"({"must":-49,"group":{"a":1}})");
  options.wants = [](std::string_view) { return false; };
  EXPECT_TRUE(Rows(ReadData("nested-snappy.parquet"), options)->empty());
}

TEST(ParquetRows, VisitMayStop) {
  int seen = 0;
  const Status status = ReadParquetRows(ReadData("nested-zstd.parquet"), {}, [&seen](Json) {
    return ++seen == 3 ? Status(Code::kCancelled) : Status();
  });
  EXPECT_EQ(status.code(), Code::kCancelled);
  EXPECT_EQ(seen, 3);
}

TEST(ParquetRows, LimitOnMemory) {
  EXPECT_EQ(Rows(ReadData("nested-gzip.parquet"), {.wants = {}, .bytes_max = 10'000}).code(),
            Code::kTooLarge);
}

TEST(ParquetRows, WhatIsBrokenIsRefused) {
  for (const char* name : {"nested-snappy.parquet", "nested-pages-v2.parquet",
                           "nested-old-lists.parquet", "delta-rs.parquet"}) {
    const std::string whole = ReadData(name);
    EXPECT_EQ(Rows(whole.substr(0, whole.size() - 1)).code(), Code::kCorrupt);
    EXPECT_EQ(Rows(whole.substr(1)).code(), Code::kCorrupt);
    // A byte changed: an error or other values, but nothing worse.
    size_t refused = 0;
    for (size_t i = 0; i < whole.size(); i += 41) {
      std::string broken = whole;
      broken[i] = static_cast<char>(broken[i] ^ static_cast<char>(1U << (i % 8)));
      refused += Rows(broken, {.wants = {}, .bytes_max = 4 << 20}).ok() ? 0 : 1;
    }
    EXPECT_GT(refused, 0U);
  }
}

}  // namespace
}  // namespace tarn
