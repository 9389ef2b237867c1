// How pages of Parquet files hold levels and values
// (https://parquet.apache.org/docs/file-format/data-pages/encodings). Level 1; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "codec/parquet_footer.h"

namespace tarn {

/// Appends `count` numbers of `bit_width` bits (at most 32) to `out`, which are written as runs of
/// equal ones and as packed bits; false if the bytes do not hold so many.
bool ReadRuns(std::string_view bytes, int bit_width, size_t count, std::vector<uint32_t>* out);

/// Takes one value of the plain encoding off the front of `bytes`; false if there is none, or the
/// type has no reader. Truths are in packed bits, which ReadPlainTruths reads.
bool TakePlain(std::string_view* bytes, const ParquetElement& element, Json* value);
bool ReadPlainTruths(std::string_view bytes, size_t count, std::vector<uint32_t>* out);

}  // namespace tarn
