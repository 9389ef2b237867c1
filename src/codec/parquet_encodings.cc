#include "codec/parquet_encodings.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "codec/fixed.h"
#include "codec/json_writer.h"
#include "codec/varint.h"

namespace tarn {
namespace {

constexpr int kByteBits = 8;

/// Appends numbers that lie bit by bit behind each other, the lowest bit first.
void Unpack(std::string_view bytes, int bit_width, size_t count, std::vector<uint32_t>* out) {
  uint64_t bits = 0;
  int have = 0;
  const uint64_t mask = (uint64_t{1} << static_cast<unsigned>(bit_width)) - 1;
  for (; count > 0; --count) {
    for (; have < bit_width; have += kByteBits) {
      bits |= uint64_t{static_cast<uint8_t>(bytes.front())} << static_cast<unsigned>(have);
      bytes.remove_prefix(1);
    }
    out->push_back(static_cast<uint32_t>(bits & mask));
    bits >>= static_cast<unsigned>(bit_width);
    have -= bit_width;
  }
}

Json FromDouble(double value) {
  if (!std::isfinite(value)) return Json();
  std::string literal;
  JsonWriter(&literal).Double(value);
  return Json(Json::Number{std::move(literal)});
}

}  // namespace

bool ReadRuns(std::string_view bytes, int bit_width, size_t count, std::vector<uint32_t>* out) {
  constexpr int kWidthMax = 32;
  constexpr size_t kPackedTogether = 8;
  if (bit_width < 0 || bit_width > kWidthMax) return false;
  const auto width = static_cast<size_t>(bit_width);
  while (count > 0) {
    uint64_t head = 0;
    if (!ConsumeVarint(&bytes, &head)) return false;
    const uint64_t size = head >> 1U;
    if ((head & 1U) == 0) {
      const size_t value_bytes = (width + kByteBits - 1) / kByteBits;
      if (bytes.size() < value_bytes || size == 0) return false;
      char value[sizeof(uint32_t)] = {};
      std::copy_n(bytes.begin(), value_bytes, value);
      bytes.remove_prefix(value_bytes);
      const auto taken = static_cast<size_t>(std::min<uint64_t>(size, count));
      out->insert(out->end(), taken, LoadLe<uint32_t>(value));
      count -= taken;
      continue;
    }
    // The last eight may be cut off behind what is needed.
    if (size == 0) return false;
    const size_t taken = size > count / kPackedTogether ? count : size * kPackedTogether;
    const size_t needed = (taken * width + kByteBits - 1) / kByteBits;
    if (bytes.size() < needed) return false;
    Unpack(bytes, bit_width, taken, out);
    count -= taken;
    if (count > 0) bytes.remove_prefix(size * width);
  }
  return true;
}

bool ReadPlainTruths(std::string_view bytes, size_t count, std::vector<uint32_t>* out) {
  if (bytes.size() < (count + kByteBits - 1) / kByteBits) return false;
  Unpack(bytes, 1, count, out);
  return true;
}

bool TakePlain(std::string_view* bytes, const ParquetElement& element, Json* value) {
  const auto take = [bytes](size_t size, std::string_view* part) {
    if (size > bytes->size()) return false;
    *part = bytes->substr(0, size);
    bytes->remove_prefix(size);
    return true;
  };
  std::string_view part;
  switch (*element.type) {
    case ParquetPhysical::kInt32:
      if (!take(sizeof(int32_t), &part)) return false;
      *value = Json(int64_t{static_cast<int32_t>(LoadLe<uint32_t>(part.data()))});
      return true;
    case ParquetPhysical::kInt64:
      if (!take(sizeof(int64_t), &part)) return false;
      *value = Json(static_cast<int64_t>(LoadLe<uint64_t>(part.data())));
      return true;
    case ParquetPhysical::kFloat:
      if (!take(sizeof(float), &part)) return false;
      *value = FromDouble(double{std::bit_cast<float>(LoadLe<uint32_t>(part.data()))});
      return true;
    case ParquetPhysical::kDouble:
      if (!take(sizeof(double), &part)) return false;
      *value = FromDouble(std::bit_cast<double>(LoadLe<uint64_t>(part.data())));
      return true;
    case ParquetPhysical::kByteArray:
      if (!take(sizeof(uint32_t), &part) || !take(LoadLe<uint32_t>(part.data()), &part)) {
        return false;
      }
      *value = Json(part);
      return true;
    case ParquetPhysical::kFixed:
      if (element.fixed_bytes < 0 || !take(static_cast<size_t>(element.fixed_bytes), &part)) {
        return false;
      }
      *value = Json(part);
      return true;
    case ParquetPhysical::kBoolean:
    case ParquetPhysical::kInt96:
      break;
  }
  return false;
}

}  // namespace tarn
