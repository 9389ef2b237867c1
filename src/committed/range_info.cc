#include "committed/range_info.h"

#include <algorithm>

#include "codec/wire.h"

namespace tarn::committed {
namespace {

constexpr uint32_t kMinKeyField = 1;
constexpr uint32_t kMaxKeyField = 2;
constexpr uint32_t kEstimatedSizeField = 3;
constexpr uint32_t kCountField = 4;
constexpr size_t kRangeIdLength = 64;

/// The id becomes part of an object's name, so nothing but a digest is let through.
bool IsRangeId(std::string_view id) {
  return id.size() == kRangeIdLength && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

void AppendRangeData(std::string* out, const RangeInfo& range) {
  AppendBytesField(out, kMinKeyField, range.min_key);
  AppendBytesField(out, kMaxKeyField, range.max_key);
  AppendVarintField(out, kEstimatedSizeField, range.estimated_size);
  AppendVarintField(out, kCountField, range.count);
}

Result<RangeInfo> ParseRangeRecord(std::string_view max_key, const ValueView& value) {
  if (!IsRangeId(value.identity)) {
    return Status(Code::kCorrupt, "metarange: a record does not name a range");
  }
  RangeInfo range;
  range.id = RangeId(value.identity);
  WireReader fields(value.data);
  WireField field;
  while (fields.Next(&field)) {
    if (field.is_bytes(kMinKeyField)) range.min_key = field.bytes;
    if (field.is_bytes(kMaxKeyField)) range.max_key = field.bytes;
    if (field.is_varint(kEstimatedSizeField)) range.estimated_size = field.varint;
    if (field.is_varint(kCountField)) range.count = field.varint;
  }
  if (fields.failed() || range.max_key != max_key || range.min_key > range.max_key) {
    return Status(Code::kCorrupt, "metarange: bad record of range " + range.id.str());
  }
  return range;
}

}  // namespace tarn::committed
