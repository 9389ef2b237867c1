#include "codec/wire.h"

#include "codec/fixed.h"

namespace tarn {

bool WireReader::Next(WireField* field) {
  constexpr uint64_t kFieldNumberMax = (1U << 29) - 1;
  if (at_ == end_ || failed_) return false;
  uint64_t tag = 0;
  at_ = ParseVarint(at_, end_, &tag);
  if (at_ == nullptr || tag >> 3 == 0 || tag >> 3 > kFieldNumberMax) return Fail();
  field->number = static_cast<uint32_t>(tag >> 3);
  field->type = static_cast<WireType>(tag & 7);
  switch (field->type) {
    case WireType::kVarint:
      at_ = ParseVarint(at_, end_, &field->varint);
      return at_ != nullptr || Fail();
    case WireType::kBytes: {
      uint64_t length = 0;
      at_ = ParseVarint(at_, end_, &length);
      if (at_ == nullptr || length > static_cast<uint64_t>(end_ - at_)) return Fail();
      field->bytes = std::string_view(at_, length);
      at_ += length;
      return true;
    }
    case WireType::kFixed64:
      if (end_ - at_ < 8) return Fail();
      field->varint = LoadLe<uint64_t>(at_);
      at_ += 8;
      return true;
    case WireType::kFixed32:
      if (end_ - at_ < 4) return Fail();
      field->varint = LoadLe<uint32_t>(at_);
      at_ += 4;
      return true;
  }
  return Fail();
}

void AppendBytesFieldAlways(std::string* out, uint32_t number, std::string_view bytes) {
  AppendVarint(out, WireTag(number, WireType::kBytes));
  AppendVarint(out, bytes.size());
  out->append(bytes);
}

void AppendVarintFieldAlways(std::string* out, uint32_t number, uint64_t value) {
  AppendVarint(out, WireTag(number, WireType::kVarint));
  AppendVarint(out, value);
}

}  // namespace tarn
