// What a metarange records about one range, and its stored form: a table value whose identity is
// the range's id and whose data is the message committed.RangeData.
//
// Format: docs/formats/range.md. Level 5, values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "codec/value.h"

namespace tarn::committed {

/// One range as its metarange records it.
struct RangeInfo {
  RangeId id;
  std::string min_key, max_key;
  uint64_t count = 0;
  uint64_t estimated_size = 0;  ///< Bytes.
  friend bool operator==(const RangeInfo&, const RangeInfo&) = default;
};

/// Appends the RangeData message of `range`; the id is not part of it.
void AppendRangeData(std::string* out, const RangeInfo& range);

/// Reads the record that a metarange holds under `max_key`. kCorrupt if it names no range or its
/// bounds contradict each other.
Result<RangeInfo> ParseRangeRecord(std::string_view max_key, const ValueView& value);

}  // namespace tarn::committed
