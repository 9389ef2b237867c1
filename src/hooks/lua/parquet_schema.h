// The columns of a Parquet file, read from the end of its bytes (thrift's compact protocol, field
// numbers of FileMetaData and SchemaElement). Level 7; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::hooks::lua {

struct ParquetField {
  std::string name;
  std::string type;  ///< "INT32", ...; "N/A" of a group.
};

/// All fields below the root, in the order of the file. kCorrupt.
Result<std::vector<ParquetField>> ReadParquetSchema(std::string_view file);

}  // namespace tarn::hooks::lua
