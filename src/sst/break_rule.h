// When a range ends: content-defined, so that unchanged runs of keys cut into the same ranges again
// (docs/formats/range.md). Level 4, values.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn::sst {

struct BreakRule {
  uint64_t size_bytes_min = 0;
  uint64_t size_bytes_max = 20971520;
  uint64_t raggedness_entries = 50000;  ///< A key in about this many ends a range.
  /// True if a range whose estimated size is `size` ends after `key`.
  bool Breaks(uint64_t size, std::string_view key) const;
  /// The part of the rule that depends on the key alone.
  bool BreaksAtKey(std::string_view key) const;
  friend bool operator==(const BreakRule&, const BreakRule&) = default;
};

}  // namespace tarn::sst
