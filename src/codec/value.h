// What a sorted table stores under a key: an identity (what makes two values equal) and data.
//
// In a table a value is SV(len identity) identity SV(len data) data, SV being the signed zig-zag
// base-128 varint (docs/formats/range.md). A value without identity is a tombstone; it lives in
// staging only, never in a table. Level 1, views borrow from their caller.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

/// A borrowed value.
struct ValueView {
  std::string_view identity;  ///< 32 raw digest bytes in ranges; a range id in hex in metaranges.
  std::string_view data;      ///< Entry protobuf in ranges; RangeData protobuf in metaranges.
  bool is_tombstone() const { return identity.empty(); }
};

/// An owned value.
struct Value {
  std::string identity;
  std::string data;
  ValueView view() const { return {identity, data}; }
};

/// Longest identity or data that the format may hold, in bytes.
inline constexpr size_t kValuePartBytesMax = 640 * 65536;

/// Appends the stored form of `value`. kTooLarge if a part is over kValuePartBytesMax.
Status AppendTableValue(std::string* out, ValueView value);

/// Reads the stored form; bytes after it are ignored. kCorrupt ("bad bytes format for
/// graveler.Value").
Result<ValueView> ParseTableValue(std::string_view bytes);

}  // namespace tarn
