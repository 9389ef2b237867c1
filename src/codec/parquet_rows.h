// Reads the rows of Parquet files that others wrote, as documents: groups become objects, lists
// arrays, maps objects with their keys as texts. Level 1; pure functions.
//
// How nested fields lie in columns is told by "Dremel: Interactive Analysis of Web-Scale Datasets"
// (Melnik et al., 2010), how lists and maps are written by
// https://parquet.apache.org/docs/file-format/types/logicaltypes (the older forms, too).
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace tarn {

struct ParquetReadOptions {
  /// Whether a column is read, by its name behind those of the groups that it is in: "add.path".
  /// Fields without such columns are not there. Empty: all are.
  std::function<bool(std::string_view)> wants;
  /// What the pages and values of a row group may take, uncompressed, and what a row may.
  size_t bytes_max = 64 << 20;
};

/// Calls `visit` with each row, an object in which fields that are not there are null; stops at the
/// first failure. kCorrupt, kUnsupported (columns that cannot be read), kTooLarge, or what visit
/// fails with.
Status ReadParquetRows(std::string_view file, const ParquetReadOptions& options,
                       const std::function<Status(Json)>& visit);

}  // namespace tarn
