// Fixed-width integers in byte strings, little and big endian, at any alignment. Level 1, pure
// functions; the caller guarantees that the bytes are there.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>

namespace tarn {

static_assert(std::endian::native == std::endian::little, "loads below assume little endian");

template <std::unsigned_integral T>
constexpr T ByteSwap(T value) {
  if constexpr (sizeof(T) == 8) {
    return __builtin_bswap64(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap16(value);
  }
}

/// Loads T from `from`, little endian.
template <std::unsigned_integral T>
T LoadLe(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
/// Loads T from `from`, big endian.
template <std::unsigned_integral T>
T LoadBe(const char* from) {
  return ByteSwap(LoadLe<T>(from));
}

/// Stores `value` at `to`, little endian.
template <std::unsigned_integral T>
void StoreLe(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

/// Appends `value` to `out`, little endian.
template <std::unsigned_integral T>
void AppendLe(std::string* out, T value) {
  char bytes[sizeof value];
  StoreLe(bytes, value);
  out->append(bytes, sizeof bytes);
}
/// Appends `value` to `out`, big endian.
template <std::unsigned_integral T>
void AppendBe(std::string* out, T value) {
  AppendLe(out, ByteSwap(value));
}

}  // namespace tarn
