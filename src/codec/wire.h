// Protobuf wire format for the records of the hot path, read and written without libprotobuf and
// without allocation per field (https://protobuf.dev/programming-guides/encoding).
//
// Writers follow proto3: a field with its zero value is left out unless the name says Always.
// Level 1; views borrow from the message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/varint.h"

namespace tarn {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/// One field as it lies in a message.
struct WireField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t varint = 0;     ///< kVarint, kFixed32 and kFixed64.
  std::string_view bytes;  ///< kBytes.

  bool is_varint(uint32_t n) const { return number == n && type == WireType::kVarint; }
  bool is_bytes(uint32_t n) const { return number == n && type == WireType::kBytes; }
};

/// Walks the fields of one message in the order of its bytes. Groups (removed from proto3) count
/// as malformed.
class WireReader {
 public:
  explicit WireReader(std::string_view message)
      : at_(message.data()), end_(message.data() + message.size()) {}

  /// Reads the next field; false at the end and on malformed bytes, see failed().
  bool Next(WireField* field);
  /// True once Next met malformed bytes.
  bool failed() const { return failed_; }

 private:
  bool Fail() {
    failed_ = true;
    return false;
  }

  const char* at_;
  const char* end_;
  bool failed_ = false;
};

constexpr uint64_t WireTag(uint32_t number, WireType type) {
  return (static_cast<uint64_t>(number) << 3) | static_cast<uint64_t>(type);
}

void AppendBytesFieldAlways(std::string* out, uint32_t number, std::string_view bytes);
void AppendVarintFieldAlways(std::string* out, uint32_t number, uint64_t value);

inline void AppendBytesField(std::string* out, uint32_t number, std::string_view bytes) {
  if (!bytes.empty()) AppendBytesFieldAlways(out, number, bytes);
}
/// int32, int64, bool and enum fields pass their value sign-extended to 64 bits.
inline void AppendVarintField(std::string* out, uint32_t number, uint64_t value) {
  if (value != 0) AppendVarintFieldAlways(out, number, value);
}

}  // namespace tarn
