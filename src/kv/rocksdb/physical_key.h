// Where a (partition, key) lies in RocksDB's single ordered space: two bytes big-endian length of
// the partition, the partition, the key (docs/formats/kv.md). Level 3, pure functions.
//
// The length in front makes the mapping one-to-one for any bytes, keeps the keys of a partition
// together and in their order, and lets a reader find the partition of any physical key.
#pragma once

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace tarn::kv::rocks {

inline constexpr size_t kLengthBytes = 2;

/// Key of Tarn's own record about the layout; no partition is empty, so nothing else begins so.
inline constexpr std::string_view kFormatKey{"\0\0format", 8};
inline constexpr std::string_view kFormatVersion = "1";

/// Length of the partition part (with its length field) of a physical key; 0 if there is none.
inline size_t PartitionPartSize(std::string_view physical) {
  if (physical.size() < kLengthBytes) return 0;
  const size_t size =
      kLengthBytes + (static_cast<uint8_t>(physical[0]) << 8) + static_cast<uint8_t>(physical[1]);
  return size <= physical.size() ? size : 0;
}

/// A physical key in a buffer on the stack, or on the heap when it is long.
class PhysicalKey {
 public:
  /// `partition` has at most 65,535 bytes, whose number fits into its length field.
  PhysicalKey(std::string_view partition, std::string_view key)
      : size_(kLengthBytes + partition.size() + key.size()) {
    char* out = small_.data();
    if (size_ > small_.size()) {
      large_.resize(size_);
      out = large_.data();
    }
    data_ = out;
    out[0] = static_cast<char>(partition.size() >> 8);
    out[1] = static_cast<char>(partition.size() & 255);
    std::memcpy(out + kLengthBytes, partition.data(), partition.size());
    if (!key.empty()) {
      std::memcpy(out + kLengthBytes + partition.size(), key.data(), key.size());
    }
  }
  PhysicalKey(const PhysicalKey&) = delete;
  PhysicalKey& operator=(const PhysicalKey&) = delete;

  std::string_view view() const { return {data_, size_}; }

 private:
  std::array<char, 256> small_;
  std::string large_;
  const char* data_;
  size_t size_;
};

}  // namespace tarn::kv::rocks
