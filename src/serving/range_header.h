// The Range header of object reads, by the reference's grammar: one range, spaces trimmed.
// Level 7; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::serving {

/// Which bytes of an object to send.
struct ByteRange {
  int64_t offset = 0, length = 0;
};

enum class RangeKind : uint8_t {
  kGood,
  kBad,            ///< Not of the grammar: several ranges, a backward one, numbers over 64 bits.
  kUnsatisfiable,  ///< Well-formed, but outside of the object.
};

struct ReadRange {
  RangeKind kind = RangeKind::kBad;
  ByteRange range;
};

/// Reads "bytes=a-b", "bytes=a-" or "bytes=-n" for an object of `size` bytes. An end beyond the
/// object is cut; a suffix of an empty object is unsatisfiable.
ReadRange ReadRangeHeader(std::string_view header, int64_t size);

/// The Content-Range header of a range of an object of `size` bytes.
std::string ContentRange(ByteRange range, int64_t size);
/// The same header where no byte is in the range.
std::string UnsatisfiableRange(int64_t size);

}  // namespace tarn::serving
