#include "codec/parquet_footer.h"

#include <algorithm>
#include <iterator>

#include "codec/fixed.h"
#include "codec/thrift.h"

namespace tarn {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr size_t kTailBytes = sizeof(uint32_t) + kMagic.size();

constexpr std::string_view kNames[] = {"BOOLEAN", "INT32",  "INT64",      "INT96",
                                       "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};

/// The older way to say what a group stands for.
ParquetShape ShapeOfConverted(int64_t converted) {
  constexpr int64_t kMap = 1, kMapKeyValue = 2, kList = 3;
  if (converted == kMap || converted == kMapKeyValue) return ParquetShape::kMap;
  return converted == kList ? ParquetShape::kList : ParquetShape::kPlain;
}

ParquetElement ReadElement(ThriftReader* reader) {
  enum : int64_t { kType = 1, kLength, kRepetition, kName, kChildren, kConverted, kLogical = 10 };
  constexpr int64_t kLogicalMap = 2, kLogicalList = 3;
  ParquetElement element;
  reader->Struct([&](int64_t id, ThriftType type) {
    if (type == ThriftType::kI32) {
      const int64_t number = reader->Integer();
      const auto is_below = [number](int64_t limit) { return number >= 0 && number < limit; };
      if (id == kType && is_below(std::ssize(kNames))) {
        element.type = static_cast<ParquetPhysical>(number);
      }
      if (id == kRepetition && is_below(3)) {
        element.repetition = static_cast<ParquetRepetition>(number);
      }
      if (id == kLength) element.fixed_bytes = number;
      if (id == kChildren) element.children = number;
      if (id == kConverted) element.shape = ShapeOfConverted(number);
      return true;
    }
    if (id == kName && type == ThriftType::kBinary) {
      element.name = reader->Binary();
      return true;
    }
    if (id != kLogical || type != ThriftType::kStruct) return false;
    reader->Struct([&](int64_t kind, ThriftType) {
      if (kind == kLogicalMap) element.shape = ParquetShape::kMap;
      if (kind == kLogicalList) element.shape = ParquetShape::kList;
      return false;
    });
    return true;
  });
  return element;
}

ParquetChunk ReadChunk(ThriftReader* reader) {
  enum : int64_t { kCodec = 4, kValues = 5, kBytes = 7, kDataOffset = 9, kDictionaryOffset = 11 };
  constexpr int64_t kMetadata = 3;
  ParquetChunk chunk;
  int64_t dictionary_offset = 0;
  reader->Struct([&](int64_t outer, ThriftType kind) {
    if (outer != kMetadata || kind != ThriftType::kStruct) return false;
    reader->Struct([&](int64_t id, ThriftType type) {
      if (type != ThriftType::kI32 && type != ThriftType::kI64) return false;
      const int64_t number = reader->Integer();
      if (id == kCodec) chunk.codec = number;
      if (id == kValues) chunk.values = number;
      if (id == kBytes) chunk.bytes = number;
      if (id == kDataOffset) chunk.offset = number;
      if (id == kDictionaryOffset) dictionary_offset = number;
      return true;
    });
    return true;
  });
  if (dictionary_offset > 0) chunk.offset = std::min(chunk.offset, dictionary_offset);
  return chunk;
}

ParquetRowGroup ReadRowGroup(ThriftReader* reader) {
  constexpr int64_t kColumns = 1, kRows = 3;
  ParquetRowGroup group;
  reader->Struct([&](int64_t id, ThriftType type) {
    if (id == kColumns && type == ThriftType::kList) {
      reader->List(ThriftType::kStruct, [&] { group.chunks.push_back(ReadChunk(reader)); });
      return true;
    }
    if (id != kRows || type != ThriftType::kI64) return false;
    group.rows = reader->Integer();
    return true;
  });
  return group;
}

/// True if the chunks of a group are within the file, one for each column.
bool Fits(const ParquetRowGroup& group, size_t columns, int64_t file_bytes) {
  return group.rows >= 0 && group.chunks.size() == columns &&
         std::all_of(group.chunks.begin(), group.chunks.end(), [&](const ParquetChunk& chunk) {
           return chunk.values >= 0 && chunk.offset >= 0 && chunk.offset <= file_bytes &&
                  chunk.bytes >= 0 && chunk.bytes <= file_bytes - chunk.offset;
         });
}

}  // namespace

std::string_view NameOf(ParquetPhysical type) { return kNames[static_cast<size_t>(type)]; }

Result<ParquetFooter> ReadParquetFooter(std::string_view file) {
  constexpr int64_t kSchema = 2, kRowGroups = 4;
  const Status corrupt(Code::kCorrupt, "not a Parquet file");
  if (file.size() < kMagic.size() + kTailBytes || !file.ends_with(kMagic)) return corrupt;
  const size_t body_bytes = file.size() - kTailBytes;
  const uint32_t size = LoadLe<uint32_t>(file.data() + body_bytes);
  if (size > body_bytes - kMagic.size()) return corrupt;
  ThriftReader reader(file.substr(body_bytes - size, size));
  ParquetFooter footer;
  reader.Struct([&](int64_t id, ThriftType type) {
    if (type != ThriftType::kList || (id != kSchema && id != kRowGroups)) return false;
    reader.List(ThriftType::kStruct, [&] {
      if (id == kSchema) footer.elements.push_back(ReadElement(&reader));
      if (id == kRowGroups) footer.row_groups.push_back(ReadRowGroup(&reader));
    });
    return true;
  });
  if (!reader.ok() || footer.elements.empty()) return corrupt;
  const auto columns = static_cast<size_t>(
      std::count_if(footer.elements.begin(), footer.elements.end(),
                    [](const ParquetElement& element) { return element.type.has_value(); }));
  for (const ParquetRowGroup& group : footer.row_groups) {
    if (!Fits(group, columns, static_cast<int64_t>(body_bytes))) return corrupt;
  }
  return footer;
}

}  // namespace tarn
