// The values of one column in a row group of a Parquet file. Level 1; pure functions.
//
// Read are pages of both versions, plain or by a dictionary. Each entry has a repetition level (how
// deep the list is that it goes on; 0: a new row) and a definition level (how many of the optional
// and repeated fields down to the column are there); those with the greatest one have a value.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "codec/parquet_footer.h"

namespace tarn {

/// Counts what reading takes, so that a small file cannot become much.
class ParquetBudget {
 public:
  explicit ParquetBudget(size_t bytes) : left_(bytes) {}
  /// kTooLarge once more was taken than there is.
  Status Take(size_t count, size_t bytes_each = 1) {
    if (count > left_ / bytes_each) return {Code::kTooLarge, "not enough memory"};
    left_ -= count * bytes_each;
    return {};
  }

 private:
  size_t left_;
};

struct ParquetColumnPlace {
  const ParquetElement& element;  ///< Borrowed; has a type.
  uint32_t repetition_max = 0, definition_max = 0;
};

struct ParquetColumnData {
  std::vector<uint32_t> repetitions, definitions;  ///< By entry.
  std::vector<Json> values;                        ///< Of entries that have one.
};

/// kCorrupt, kUnsupported (a compression or encoding that is not read), kTooLarge.
Result<ParquetColumnData> ReadParquetColumn(std::string_view file, const ParquetChunk& chunk,
                                            const ParquetColumnPlace& place, ParquetBudget* budget);

}  // namespace tarn
