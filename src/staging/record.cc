#include "staging/record.h"

#include "codec/wire.h"

namespace tarn::staging {
namespace {
constexpr uint32_t kKeyField = 1, kIdentityField = 2, kDataField = 3;
}  // namespace

std::string EncodeRecord(std::string_view key, ValueView value) {
  std::string record;
  record.reserve(key.size() + value.identity.size() + value.data.size() + 3 * kVarintBytesMax);
  AppendBytesField(&record, kKeyField, key);
  AppendBytesField(&record, kIdentityField, value.identity);
  AppendBytesField(&record, kDataField, value.data);
  return record;
}

Result<ValueView> DecodeRecord(std::string_view record) {
  ValueView value;
  WireReader reader(record);
  for (WireField field; reader.Next(&field);) {
    if (field.is_bytes(kIdentityField)) value.identity = field.bytes;
    if (field.is_bytes(kDataField)) value.data = field.bytes;
  }
  if (reader.failed()) return Status(Code::kCorrupt, "malformed staged record");
  return value;
}

}  // namespace tarn::staging
