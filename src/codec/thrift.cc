#include "codec/thrift.h"

#include "codec/varint.h"

namespace tarn {
namespace {

constexpr int kDepthMax = 32;
constexpr uint8_t kLongForm = 15;  ///< Of the size of a list.

}  // namespace

int64_t ThriftReader::Integer() { return UnZigZag(Varint()); }

std::string_view ThriftReader::Binary() { return Bytes(Varint()); }

uint8_t ThriftReader::Byte() {
  const std::string_view byte = Bytes(1);
  return byte.empty() ? uint8_t{0} : static_cast<uint8_t>(byte.front());
}

uint64_t ThriftReader::Varint() {
  uint64_t value = 0;
  if (!ConsumeVarint(&rest_, &value)) Fail();
  return value;
}

std::string_view ThriftReader::Bytes(uint64_t size) {
  if (size > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

bool ThriftReader::NextField(int64_t* id, ThriftType* type) {
  const uint8_t head = Byte();
  *type = static_cast<ThriftType>(head & 0xfU);
  if (!ok_ || *type == ThriftType::kStop) return false;
  *id = head >> 4U == 0 ? Integer() : *id + (head >> 4U);
  return ok_;
}

uint64_t ThriftReader::ListSize(ThriftType* type) {
  const uint8_t head = Byte();
  *type = static_cast<ThriftType>(head & 0xfU);
  return head >> 4U == kLongForm ? Varint() : head >> 4U;
}

void ThriftReader::Skip(ThriftType type, int depth) {
  if (depth > kDepthMax) return Fail();
  switch (type) {
    case ThriftType::kTrue:
    case ThriftType::kFalse:
      return;
    case ThriftType::kByte:
      Byte();
      return;
    case ThriftType::kI16:
    case ThriftType::kI32:
    case ThriftType::kI64:
      Varint();
      return;
    case ThriftType::kDouble:
      Bytes(sizeof(double));
      return;
    case ThriftType::kBinary:
      Binary();
      return;
    case ThriftType::kList:
    case ThriftType::kSet: {
      auto element = ThriftType::kStop;
      for (uint64_t left = ListSize(&element); left > 0 && ok_; --left) {
        SkipElement(element, depth + 1);
      }
      return;
    }
    case ThriftType::kStruct: {
      int64_t id = 0;
      auto field = ThriftType::kStop;
      while (NextField(&id, &field)) Skip(field, depth + 1);
      return;
    }
    case ThriftType::kStop:
    case ThriftType::kMap:  // There are none in what is read here.
      break;
  }
  Fail();
}

void ThriftReader::SkipElement(ThriftType type, int depth) {
  // In lists truths take a byte.
  type == ThriftType::kTrue || type == ThriftType::kFalse ? void(Byte()) : Skip(type, depth);
}

void ThriftReader::Fail() {
  ok_ = false;
  rest_ = {};
}

}  // namespace tarn
