// Random sorted records that look like entries of a data lake, or like nothing sane, by seed.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "codec/value.h"
#include "sst/table_writer.h"

namespace tarn::sst {

using Records = std::map<std::string, Value>;

/// How keys and values of a generated set look.
struct RecordShape {
  bool uniform = false;         ///< Same lengths everywhere: block borders shift for long.
  bool wild = false;            ///< Any bytes, empty or huge values.
  size_t data_bytes_max = 180;  ///< Of the part that is not in common.
};

class RecordMaker {
 public:
  explicit RecordMaker(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  std::string Bytes(size_t size);
  RecordShape Shape();
  std::string Key(const RecordShape& shape);
  Value MakeValue(const RecordShape& shape);
  Records Make(const RecordShape& shape, size_t count);

 private:
  std::mt19937_64 random_;
};

/// Writes `records` one by one into tables cut by `rule`.
std::vector<Table> WriteTables(const Records& records, const BreakRule& rule);

}  // namespace tarn::sst
