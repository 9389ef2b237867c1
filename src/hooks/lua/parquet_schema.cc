#include "hooks/lua/parquet_schema.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace tarn::hooks::lua {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr int kDepthMax = 32;

/// Types of thrift's compact protocol.
enum Type : uint8_t {
  kStop = 0,
  kTrue = 1,
  kFalse = 2,
  kByte = 3,
  kI16 = 4,
  kI32 = 5,
  kI64 = 6,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kMap = 11,
  kStruct = 12,
};

/// Reads values; what is cut off or too deep makes it fail for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }

  uint8_t Byte() {
    if (rest_.empty()) return Fail();
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return static_cast<uint8_t>(c);
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && ok_; shift += 7) {
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }
  int64_t Signed() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  std::string_view Bytes(uint64_t size) {
    if (size > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view Binary() { return Bytes(Varint()); }

  /// The next field of a struct; false at its end. `id` is the one before.
  bool Field(int64_t* id, uint8_t* type) {
    const uint8_t head = Byte();
    *type = head & 0xf;
    if (!ok_ || *type == kStop) return false;
    *id = head >> 4 == 0 ? Signed() : *id + (head >> 4);
    return ok_;
  }
  uint64_t ListSize(uint8_t* type) {
    const uint8_t head = Byte();
    *type = head & 0xf;
    return head >> 4 == 15 ? Varint() : head >> 4;
  }
  void Skip(uint8_t type, int depth) {
    if (depth > kDepthMax) Fail();
    if (!ok_) return;
    switch (type) {
      case kTrue:
      case kFalse:
        break;
      case kByte:
        Byte();
        break;
      case kI16:
      case kI32:
      case kI64:
        Varint();
        break;
      case kDouble:
        Bytes(8);
        break;
      case kBinary:
        Binary();
        break;
      case kList:
      case kSet:
        SkipList(depth);
        break;
      case kStruct:
        SkipStruct(depth);
        break;
      default:
        Fail();  // There are no maps in what is read here.
    }
  }
  uint8_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

 private:
  void SkipList(int depth) {
    uint8_t type = 0;
    for (uint64_t left = ListSize(&type); left > 0 && ok_; --left) {
      // In lists truths take a byte.
      type == kTrue || type == kFalse ? void(Byte()) : Skip(type, depth + 1);
    }
  }
  void SkipStruct(int depth) {
    int64_t id = 0;
    uint8_t type = 0;
    while (Field(&id, &type)) Skip(type, depth + 1);
  }

  std::string_view rest_;
  bool ok_ = true;
};

constexpr const char* kTypes[] = {"BOOLEAN", "INT32",  "INT64",      "INT96",
                                  "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};

ParquetField ReadElement(Reader* reader) {
  constexpr int64_t kType = 1, kName = 4;
  ParquetField field{.name = "", .type = "N/A"};
  int64_t id = 0;
  uint8_t type = 0;
  while (reader->Field(&id, &type)) {
    if (id == kType && type == kI32) {
      const int64_t number = reader->Signed();
      if (number >= 0 && number < std::ssize(kTypes)) field.type = kTypes[number];
    } else if (id == kName && type == kBinary) {
      field.name = reader->Binary();
    } else {
      reader->Skip(type, 0);
    }
  }
  return field;
}

}  // namespace

Result<std::vector<ParquetField>> ReadParquetSchema(std::string_view file) {
  constexpr size_t kTailBytes = 8;
  const Status corrupt(Code::kCorrupt, "not a Parquet file");
  if (file.size() < kMagic.size() + kTailBytes || !file.ends_with(kMagic)) return corrupt;
  const std::string_view tail = file.substr(file.size() - kTailBytes);
  uint32_t size = 0;
  for (int i = 3; i >= 0; --i)
    size = size << 8 | static_cast<uint8_t>(tail[static_cast<size_t>(i)]);
  if (size > file.size() - kMagic.size() - kTailBytes) return corrupt;
  Reader reader(file.substr(file.size() - kTailBytes - size, size));
  constexpr int64_t kSchema = 2;
  std::vector<ParquetField> fields;
  int64_t id = 0;
  uint8_t type = 0;
  bool has_schema = false;
  while (reader.Field(&id, &type)) {
    if (id != kSchema || type != kList) {
      reader.Skip(type, 0);
      continue;
    }
    has_schema = true;
    uint8_t item = 0;
    for (uint64_t left = reader.ListSize(&item); left > 0 && reader.ok(); --left) {
      fields.push_back(ReadElement(&reader));
    }
  }
  if (!reader.ok() || !has_schema || fields.empty()) return corrupt;
  fields.erase(fields.begin());  // The root.
  return fields;
}

}  // namespace tarn::hooks::lua
