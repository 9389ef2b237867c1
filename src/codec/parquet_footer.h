// What a Parquet file says about itself at its end: columns and where they are
// (https://parquet.apache.org/docs/file-format/metadata). Level 1; pure functions. Everything that
// it says is checked against the size of the file, and may still be wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn {

enum class ParquetPhysical : uint8_t {
  kBoolean = 0,
  kInt32 = 1,
  kInt64 = 2,
  kInt96 = 3,
  kFloat = 4,
  kDouble = 5,
  kByteArray = 6,
  kFixed = 7,
};
/// "BYTE_ARRAY"
std::string_view NameOf(ParquetPhysical type);

enum class ParquetRepetition : uint8_t { kRequired = 0, kOptional = 1, kRepeated = 2 };
enum class ParquetShape : uint8_t { kPlain, kMap, kList };  ///< What a group stands for.

/// A field of the schema; groups have no type.
struct ParquetElement {
  std::string name;
  std::optional<ParquetPhysical> type;
  ParquetRepetition repetition = ParquetRepetition::kRequired;
  ParquetShape shape = ParquetShape::kPlain;
  int64_t children = 0;     ///< The elements that follow, with those below them.
  int64_t fixed_bytes = 0;  ///< Of kFixed.
};

struct ParquetChunk {
  int64_t codec = 0;   ///< How its pages are compressed.
  int64_t values = 0;  ///< Nulls among them.
  int64_t offset = 0;  ///< Of its first page.
  int64_t bytes = 0;   ///< Of all pages, compressed.
};

struct ParquetRowGroup {
  int64_t rows = 0;
  std::vector<ParquetChunk> chunks;  ///< By column: the elements with a type, in their order.
};

struct ParquetFooter {
  std::vector<ParquetElement> elements;  ///< The root is the first.
  std::vector<ParquetRowGroup> row_groups;
};

/// Reads the end of a file. kCorrupt.
Result<ParquetFooter> ReadParquetFooter(std::string_view file);

}  // namespace tarn
