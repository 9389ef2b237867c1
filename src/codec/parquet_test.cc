#include "codec/parquet.h"

#include <gtest/gtest.h>

#include "codec/fixed.h"
#include "codec/gzip.h"
#include "codec/testing/gunzip.h"

namespace tarn {
namespace {

TEST(Gzip, RoundTrip) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(100'000, 'x')}) {
    EXPECT_EQ(Gunzip(Gzip(text)), text);
  }
}

ParquetWriter TwoColumns() {
  return ParquetWriter(
      {{"physical_address", ParquetType::kText}, {"creation_date", ParquetType::kInt64}});
}

TEST(Parquet, PagesHoldTheColumns) {
  ParquetWriter writer = TwoColumns();
  std::string file;
  for (int i = 0; i < 3; ++i) {
    writer.AddText(0, "data/" + std::to_string(i));
    writer.AddInt(1, i - 1);
    writer.EndRow();
  }
  EXPECT_EQ(writer.pending_rows(), 3);
  writer.Flush(&file);
  EXPECT_EQ(writer.pending_rows(), 0);
  EXPECT_EQ(writer.file_bytes(), static_cast<int64_t>(file.size()));
  const size_t first_page = file.find("\x1f\x8b");
  const size_t second_page = file.find("\x1f\x8b", first_page + 1);
  ASSERT_NE(second_page, std::string::npos);
  std::string addresses, dates;
  for (int i = 0; i < 3; ++i) {
    AppendLe(&addresses, uint32_t{6});
    addresses += "data/" + std::to_string(i);
    AppendLe(&dates, static_cast<uint64_t>(int64_t{i} - 1));
  }
  EXPECT_EQ(Gunzip(std::string_view(file).substr(first_page)), addresses);
  EXPECT_EQ(Gunzip(std::string_view(file).substr(second_page)), dates);
}

TEST(Parquet, Doubles) {
  ParquetWriter writer({{"depth", ParquetType::kDouble}});
  std::string file;
  for (const double depth : {0.5, -1e300}) {
    writer.AddDouble(0, depth);
    writer.EndRow();
  }
  writer.Finish(&file);
  EXPECT_EQ(GunzipFirst(file),
            std::string_view("\0\0\0\0\0\0\xe0\x3f\x9c\x75\x00\x88\x3c\xe4\x37\xfe", 16));
  // A physical type alone: field 1 of the column's schema is 5, and there is no field 6.
  EXPECT_NE(file.find(std::string_view("\x15\x0a\x25\x00\x18\x05"
                                       "depth\x00",
                                       12)),
            std::string::npos);
}

// pyarrow reads such files.
TEST(Parquet, Footer) {
  ParquetWriter writer = TwoColumns();
  std::string file;
  writer.AddText(0, "a");
  writer.AddInt(1, 1);
  writer.EndRow();
  writer.Flush(&file);
  writer.AddText(0, "bb");
  writer.AddInt(1, -2);
  writer.EndRow();
  writer.Finish(&file);
  EXPECT_TRUE(file.starts_with("PAR1"));
  ASSERT_TRUE(file.ends_with("PAR1"));
  const auto length = LoadLe<uint32_t>(file.data() + file.size() - 8);
  const std::string_view footer(file.data() + file.size() - 8 - length, length);
  EXPECT_TRUE(
      footer.starts_with(std::string_view("\x15\x02\x19\x3c\x48\x06schema\x15\x04\x00", 14)));
  EXPECT_TRUE(footer.ends_with(std::string_view("\x04tarn\x00", 6)));
}

}  // namespace
}  // namespace tarn
