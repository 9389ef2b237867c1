// Base-128 variable-length integers as protobuf and sorted tables use them: seven bits per byte,
// least significant first; zig-zag for signed ones. Level 1, pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace tarn {

/// Longest encoding of a 64-bit integer, in bytes.
inline constexpr size_t kVarintBytesMax = 10;

/// Length of the encoding of `value`, in bytes.
inline size_t VarintLength(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

/// Writes `value` at `to`, which has room for kVarintBytesMax; returns the end.
inline char* WriteVarint(char* to, uint64_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<char>(value);
  return to;
}

/// Appends `value` to `out`.
inline void AppendVarint(std::string* out, uint64_t value) {
  char bytes[kVarintBytesMax];
  out->append(bytes, static_cast<size_t>(WriteVarint(bytes, value) - bytes));
}

/// The part of ParseVarint for encodings of more than two bytes.
const char* ParseLongVarint(const char* from, const char* end, uint64_t* value);

/// Reads one integer; returns the byte after it, or null if `[from, end)` does not begin with one
/// (cut short, or over 64 bits).
inline const char* ParseVarint(const char* from, const char* end, uint64_t* value) {
  if (end - from >= 2) [[likely]] {
    const auto first = static_cast<unsigned char>(from[0]);
    if (first < 0x80) {
      *value = first;
      return from + 1;
    }
    const auto second = static_cast<unsigned char>(from[1]);
    if (second < 0x80) {
      *value = (first & 0x7fU) | (second << 7U);
      return from + 2;
    }
  }
  return ParseLongVarint(from, end, value);
}

/// Takes one integer off the front of `in`; false (and `in` unchanged) if there is none.
inline bool ConsumeVarint(std::string_view* in, uint64_t* value) {
  const char* end = in->data() + in->size();
  const char* next = ParseVarint(in->data(), end, value);
  if (next == nullptr) return false;
  *in = std::string_view(next, static_cast<size_t>(end - next));
  return true;
}

constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace tarn
