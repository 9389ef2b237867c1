// Reads thrift's compact protocol, in which Parquet files describe themselves
// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). Level 1; one
// thread at a time.
//
// What is cut off, too deep or of an unknown kind makes a reader fail for good: from then on all
// values are empty, and loops over them end. Callers ask ok() once, at the end.
#pragma once

#include <cstdint>
#include <string_view>

namespace tarn {

enum class ThriftType : uint8_t {
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

class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  /// What has not been read.
  std::string_view rest() const { return rest_; }

  /// An i16, i32 or i64.
  int64_t Integer();
  /// Borrowed from the bytes.
  std::string_view Binary();
  /// Calls visit(id, type) for each field of a struct, which reads its value and returns true, or
  /// returns false: then the value is skipped.
  template <typename Visit>
  void Struct(Visit visit) {
    int64_t id = 0;
    auto type = ThriftType::kStop;
    while (NextField(&id, &type)) {
      if (!visit(id, type)) Skip(type, 0);
    }
  }
  /// Calls visit() for each element of a list, which reads it, if the elements are of that type;
  /// skips them otherwise.
  template <typename Visit>
  void List(ThriftType wanted, Visit visit) {
    auto type = ThriftType::kStop;
    for (uint64_t left = ListSize(&type); left > 0 && ok_; --left) {
      type == wanted ? visit() : SkipElement(type, 0);
    }
  }

 private:
  uint8_t Byte();
  uint64_t Varint();
  std::string_view Bytes(uint64_t size);
  /// False at the end of the struct; `id` is that of the field before.
  bool NextField(int64_t* id, ThriftType* type);
  uint64_t ListSize(ThriftType* type);
  void Skip(ThriftType type, int depth);
  void SkipElement(ThriftType type, int depth);
  void Fail();

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace tarn
