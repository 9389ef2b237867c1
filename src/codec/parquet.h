// Writes tables as Parquet files: flat, required columns of text, 64-bit integers or doubles, plain
// encoding, gzip (https://parquet.apache.org/docs/file-format). What readers of GC lists and of the
// sample data need, no more.
//
// Rows gather in memory until Flush makes a row group of them. Level 1; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn {

enum class ParquetType : uint8_t { kText, kInt64, kDouble };

struct ParquetColumn {
  std::string name;
  ParquetType type = ParquetType::kText;
};

class ParquetWriter {
 public:
  explicit ParquetWriter(std::vector<ParquetColumn> columns);

  /// Give the next row a value in each column, then end the row. Text must be UTF-8.
  void AddText(size_t column, std::string_view text);
  void AddInt(size_t column, int64_t value);
  void AddDouble(size_t column, double value);
  void EndRow() { ++rows_; }

  /// Rows that no Flush has taken yet.
  int64_t pending_rows() const { return rows_; }
  /// About how much memory they take.
  size_t pending_bytes() const { return pending_bytes_; }
  /// Bytes of the file so far.
  int64_t file_bytes() const { return file_bytes_; }
  /// Appends the row group of the pending rows, if there are any, to `out`; the file's first bytes
  /// before it.
  void Flush(std::string* out);
  /// Flush, then the end of the file.
  void Finish(std::string* out);

 private:
  struct Chunk {
    int64_t offset = 0;             ///< Of its only page.
    int64_t plain = 0, packed = 0;  ///< Bytes with the page's header.
  };
  struct RowGroup {
    int64_t rows = 0;
    std::vector<Chunk> chunks;
  };
  void Append(std::string_view bytes, std::string* out);
  std::string Footer() const;

  const std::vector<ParquetColumn> columns_;
  std::vector<std::string> values_;  // of the pending rows, by column, encoded
  int64_t rows_ = 0;
  size_t pending_bytes_ = 0;
  int64_t file_bytes_ = 0;
  std::vector<RowGroup> groups_;
};

}  // namespace tarn
