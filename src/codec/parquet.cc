#include "codec/parquet.h"

#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "codec/fixed.h"
#include "codec/gzip.h"
#include "codec/varint.h"

namespace tarn {
namespace {

constexpr std::string_view kMagic = "PAR1";

// Enumerations of parquet.thrift.
constexpr int kTypeInt64 = 2, kTypeDouble = 5, kTypeByteArray = 6;
constexpr int kConvertedUtf8 = 0, kConvertedInt64 = 18;
constexpr int kRequired = 0;
constexpr int kEncodingPlain = 0, kEncodingRle = 3;
constexpr int kCodecGzip = 2;
constexpr int kDataPage = 0;

/// A struct in Thrift's compact protocol. Fields are added in ascending order.
class ThriftStruct {
 public:
  void I32(int field, int32_t value) { Number(field, 5, value); }
  void I64(int field, int64_t value) { Number(field, 6, value); }
  void Text(int field, std::string_view text) {
    Head(field, kText);
    AppendText(text);
  }
  void Struct(int field, const ThriftStruct& value) {
    Head(field, kStruct);
    bytes_ += value.Bytes();
  }
  void I32List(int field, const std::vector<int32_t>& values) {
    ListHead(field, 5, values.size());
    for (const int32_t value : values) AppendZigZag(value);
  }
  void TextList(int field, const std::vector<std::string>& texts) {
    ListHead(field, kText, texts.size());
    for (const std::string& text : texts) AppendText(text);
  }
  void StructList(int field, const std::vector<ThriftStruct>& values) {
    ListHead(field, kStruct, values.size());
    for (const ThriftStruct& value : values) bytes_ += value.Bytes();
  }
  /// The struct with its stop byte.
  std::string Bytes() const { return bytes_ + '\0'; }

 private:
  static constexpr int kText = 8, kList = 9, kStruct = 12;

  void Head(int field, int type) {
    bytes_.push_back(static_cast<char>((field - last_) << 4 | type));  // steps are below 16
    last_ = field;
  }
  void ListHead(int field, int type, size_t count) {
    constexpr size_t kLongList = 15;
    Head(field, kList);
    bytes_.push_back(static_cast<char>((count < kLongList ? count : kLongList) << 4 |
                                       static_cast<size_t>(type)));
    if (count >= kLongList) AppendVarint(&bytes_, count);
  }
  void Number(int field, int type, int64_t value) {
    Head(field, type);
    AppendZigZag(value);
  }
  void AppendZigZag(int64_t value) { AppendVarint(&bytes_, ZigZag(value)); }
  void AppendText(std::string_view text) {
    AppendVarint(&bytes_, text.size());
    bytes_ += text;
  }

  std::string bytes_;
  int last_ = 0;
};

std::string PageHeader(int64_t rows, size_t plain_bytes, size_t packed_bytes) {
  ThriftStruct data;
  data.I32(1, static_cast<int32_t>(rows));
  data.I32(2, kEncodingPlain);
  data.I32(3, kEncodingRle);  // of levels, of which required columns have none
  data.I32(4, kEncodingRle);
  ThriftStruct page;
  page.I32(1, kDataPage);
  page.I32(2, static_cast<int32_t>(plain_bytes));
  page.I32(3, static_cast<int32_t>(packed_bytes));
  page.Struct(5, data);
  return page.Bytes();
}

struct TypeInFile {
  int physical;
  std::optional<int> converted;  // what the physical type alone does not say
};

// In the order of ParquetType.
constexpr std::array<TypeInFile, 3> kTypes = {{
    {kTypeByteArray, kConvertedUtf8},
    {kTypeInt64, kConvertedInt64},
    {kTypeDouble, std::nullopt},
}};

const TypeInFile& TypeOf(const ParquetColumn& column) {
  return kTypes[static_cast<size_t>(column.type)];
}

ThriftStruct SchemaOf(const ParquetColumn& column) {
  ThriftStruct element;
  const TypeInFile& type = TypeOf(column);
  element.I32(1, type.physical);
  element.I32(3, kRequired);
  element.Text(4, column.name);
  if (type.converted) element.I32(6, *type.converted);
  return element;
}

}  // namespace

ParquetWriter::ParquetWriter(std::vector<ParquetColumn> columns)
    : columns_(std::move(columns)), values_(columns_.size()) {}

void ParquetWriter::AddText(size_t column, std::string_view text) {
  AppendLe(&values_[column], static_cast<uint32_t>(text.size()));
  pending_bytes_ += text.size();
  values_[column] += text;
}

void ParquetWriter::AddInt(size_t column, int64_t value) {
  AppendLe(&values_[column], static_cast<uint64_t>(value));
  pending_bytes_ += sizeof value;
}

void ParquetWriter::AddDouble(size_t column, double value) {
  AppendLe(&values_[column], std::bit_cast<uint64_t>(value));
  pending_bytes_ += sizeof value;
}

void ParquetWriter::Append(std::string_view bytes, std::string* out) {
  *out += bytes;
  file_bytes_ += static_cast<int64_t>(bytes.size());
}

void ParquetWriter::Flush(std::string* out) {
  if (file_bytes_ == 0) Append(kMagic, out);
  if (rows_ == 0) return;
  RowGroup group = {rows_, {}};
  for (std::string& values : values_) {
    const std::string packed = Gzip(values);
    const std::string header = PageHeader(rows_, values.size(), packed.size());
    group.chunks.push_back({file_bytes_, static_cast<int64_t>(header.size() + values.size()),
                            static_cast<int64_t>(header.size() + packed.size())});
    Append(header, out);
    Append(packed, out);
    values.clear();
  }
  rows_ = 0;
  pending_bytes_ = 0;
  groups_.push_back(std::move(group));
}

std::string ParquetWriter::Footer() const {
  ThriftStruct root;
  root.Text(4, "schema");
  root.I32(5, static_cast<int32_t>(columns_.size()));
  std::vector<ThriftStruct> schema = {root};
  for (const ParquetColumn& column : columns_) schema.push_back(SchemaOf(column));
  std::vector<ThriftStruct> groups;
  int64_t rows = 0;
  for (const RowGroup& group : groups_) {
    std::vector<ThriftStruct> chunks;
    int64_t plain = 0;
    for (size_t i = 0; i < columns_.size(); ++i) {
      ThriftStruct meta;
      meta.I32(1, TypeOf(columns_[i]).physical);
      meta.I32List(2, {kEncodingPlain, kEncodingRle});
      meta.TextList(3, {columns_[i].name});
      meta.I32(4, kCodecGzip);
      meta.I64(5, group.rows);
      meta.I64(6, group.chunks[i].plain);
      meta.I64(7, group.chunks[i].packed);
      meta.I64(9, group.chunks[i].offset);
      ThriftStruct chunk;
      chunk.I64(2, group.chunks[i].offset);
      chunk.Struct(3, meta);
      chunks.push_back(chunk);
      plain += group.chunks[i].plain;
    }
    ThriftStruct element;
    element.StructList(1, chunks);
    element.I64(2, plain);
    element.I64(3, group.rows);
    groups.push_back(element);
    rows += group.rows;
  }
  ThriftStruct file;
  file.I32(1, 1);
  file.StructList(2, schema);
  file.I64(3, rows);
  file.StructList(4, groups);
  file.Text(6, "tarn");
  return file.Bytes();
}

void ParquetWriter::Finish(std::string* out) {
  Flush(out);
  const std::string footer = Footer();
  Append(footer, out);
  std::string length;
  AppendLe(&length, static_cast<uint32_t>(footer.size()));
  Append(length, out);
  Append(kMagic, out);
}

}  // namespace tarn
