#include "codec/parquet_column.h"

#include <algorithm>
#include <bit>

#include "codec/fixed.h"
#include "codec/parquet_encodings.h"
#include "codec/thrift.h"
#include "codec/uncompress.h"

namespace tarn {
namespace {

enum : int64_t { kDataPage = 0, kDictionaryPage = 2, kDataPageV2 = 3 };
enum : int64_t { kPlain = 0, kPlainDictionary = 2, kRuns = 3, kRunsDictionary = 8 };

Status Corrupt() { return {Code::kCorrupt, "a page of the Parquet file is malformed"}; }

Status Unsupported(int64_t encoding) {
  return {Code::kUnsupported, "encoding " + std::to_string(encoding) + " of Parquet is not read"};
}

struct PageHeader {
  int64_t type = -1, plain_bytes = 0, packed_bytes = 0;
  int64_t values = 0, encoding = kPlain;
  int64_t level_encoding = kRuns;                      ///< Of kDataPage.
  int64_t definition_bytes = 0, repetition_bytes = 0;  ///< Of kDataPageV2.
  bool is_packed = true;                               ///< Of kDataPageV2.
};

/// The part of a header that depends on the type of the page.
void ReadOwnHeader(ThriftReader* reader, int64_t kind, PageHeader* page) {
  constexpr int64_t kData = 5, kDataV2 = 8, kValues = 1;
  const int64_t encoding_id = kind == kDataV2 ? 4 : 2;
  reader->Struct([&](int64_t id, ThriftType type) {
    if (kind == kDataV2 && id == 7) {
      page->is_packed = type == ThriftType::kTrue;
      return true;
    }
    if (type != ThriftType::kI32) return false;
    const int64_t number = reader->Integer();
    if (id == kValues) page->values = number;
    if (id == encoding_id) page->encoding = number;
    if (kind == kData && (id == 3 || id == 4) && number != kRuns) page->level_encoding = number;
    if (kind == kDataV2 && id == 5) page->definition_bytes = number;
    if (kind == kDataV2 && id == 6) page->repetition_bytes = number;
    return true;
  });
}

/// Takes a header off the front of `bytes`.
Result<PageHeader> TakeHeader(std::string_view* bytes) {
  enum : int64_t { kType = 1, kPlainBytes, kPackedBytes };
  PageHeader page;
  ThriftReader reader(*bytes);
  reader.Struct([&](int64_t id, ThriftType type) {
    if (type == ThriftType::kStruct) {
      ReadOwnHeader(&reader, id, &page);
      return true;
    }
    if (type != ThriftType::kI32) return false;
    const int64_t number = reader.Integer();
    if (id == kType) page.type = number;
    if (id == kPlainBytes) page.plain_bytes = number;
    if (id == kPackedBytes) page.packed_bytes = number;
    return true;
  });
  *bytes = reader.rest();
  const int64_t level_bytes = page.definition_bytes + page.repetition_bytes;
  const bool is_sound =
      reader.ok() && page.values >= 0 && page.plain_bytes >= 0 && page.packed_bytes >= 0 &&
      page.packed_bytes <= static_cast<int64_t>(bytes->size()) && page.definition_bytes >= 0 &&
      page.repetition_bytes >= 0 && level_bytes <= std::min(page.packed_bytes, page.plain_bytes);
  if (!is_sound) return Corrupt();
  return page;
}

/// Reads the pages of one column, one after the other.
class ColumnReader {
 public:
  ColumnReader(const ParquetColumnPlace& place, Compression compression, ParquetBudget* budget)
      : place_(place), compression_(compression), budget_(*budget) {}

  Status ReadPages(std::string_view bytes, size_t entries) {
    while (data_.definitions.size() < entries) {
      TARN_TRY_ASSIGN(const PageHeader page, TakeHeader(&bytes));
      const std::string_view body = bytes.substr(0, static_cast<size_t>(page.packed_bytes));
      bytes.remove_prefix(body.size());
      TARN_TRY(budget_.Take(static_cast<size_t>(page.plain_bytes)));
      if (page.type == kDictionaryPage) {
        TARN_TRY(ReadDictionary(page, body));
      } else if (page.type == kDataPage) {
        TARN_TRY(ReadDataPage(page, body));
      } else if (page.type == kDataPageV2) {
        TARN_TRY(ReadDataPageV2(page, body));
      }  // Else an index, which is not needed.
    }
    return {};
  }
  ParquetColumnData Take() { return std::move(data_); }

 private:
  Status Unpack(Compression compression, std::string_view packed, int64_t plain_bytes) {
    TARN_TRY_ASSIGN(plain_, Uncompress(compression, packed, static_cast<size_t>(plain_bytes)));
    return {};
  }

  Status ReadDictionary(const PageHeader& page, std::string_view body) {
    TARN_TRY(Unpack(compression_, body, page.plain_bytes));
    if (page.encoding != kPlain && page.encoding != kPlainDictionary) {
      return Unsupported(page.encoding);
    }
    dictionary_.clear();
    return ReadPlain(plain_, static_cast<size_t>(page.values), &dictionary_);
  }

  Status ReadDataPage(const PageHeader& page, std::string_view body) {
    if (page.level_encoding != kRuns) return Unsupported(page.level_encoding);
    TARN_TRY(Unpack(compression_, body, page.plain_bytes));
    std::string_view rest = plain_;
    const auto entries = static_cast<size_t>(page.values);
    const auto take_levels = [&](uint32_t max, std::string_view* levels) {
      if (max == 0) return true;
      if (rest.size() < sizeof(uint32_t)) return false;
      const uint32_t size = LoadLe<uint32_t>(rest.data());
      rest.remove_prefix(sizeof(uint32_t));
      if (size > rest.size()) return false;
      *levels = rest.substr(0, size);
      rest.remove_prefix(size);
      return true;
    };
    std::string_view repetitions, definitions;
    if (!take_levels(place_.repetition_max, &repetitions) ||
        !take_levels(place_.definition_max, &definitions)) {
      return Corrupt();
    }
    TARN_TRY_ASSIGN(const size_t values, ReadLevels(repetitions, definitions, entries));
    return ReadValues(page.encoding, rest, values);
  }

  Status ReadDataPageV2(const PageHeader& page, std::string_view body) {
    const auto repetition_bytes = static_cast<size_t>(page.repetition_bytes);
    const auto definition_bytes = static_cast<size_t>(page.definition_bytes);
    const size_t level_bytes = repetition_bytes + definition_bytes;
    TARN_TRY_ASSIGN(const size_t values, ReadLevels(body.substr(0, repetition_bytes),
                                                    body.substr(repetition_bytes, definition_bytes),
                                                    static_cast<size_t>(page.values)));
    // Where there are no values, writers leave out what compression would make of nothing.
    if (values == 0) return {};
    TARN_TRY(Unpack(page.is_packed ? compression_ : Compression::kNone, body.substr(level_bytes),
                    page.plain_bytes - static_cast<int64_t>(level_bytes)));
    return ReadValues(page.encoding, plain_, values);
  }

  /// Appends levels; how many entries have a value.
  Result<size_t> ReadLevels(std::string_view repetitions, std::string_view definitions,
                            size_t entries) {
    TARN_TRY(budget_.Take(entries, 2 * sizeof(uint32_t)));
    const auto read = [entries](std::string_view bytes, uint32_t max, std::vector<uint32_t>* out) {
      if (max == 0) {
        out->resize(out->size() + entries);
        return true;
      }
      return ReadRuns(bytes, std::bit_width(max), entries, out);
    };
    const size_t begin = data_.definitions.size();
    if (!read(repetitions, place_.repetition_max, &data_.repetitions) ||
        !read(definitions, place_.definition_max, &data_.definitions)) {
      return Corrupt();
    }
    return static_cast<size_t>(std::count(data_.definitions.begin() + static_cast<ptrdiff_t>(begin),
                                          data_.definitions.end(), place_.definition_max));
  }

  Status ReadValues(int64_t encoding, std::string_view bytes, size_t count) {
    if (encoding == kPlain) return ReadPlain(bytes, count, &data_.values);
    if (encoding == kPlainDictionary || encoding == kRunsDictionary) {
      return ReadByDictionary(bytes, count);
    }
    if (encoding == kRuns && place_.element.type == ParquetPhysical::kBoolean) {
      if (bytes.size() < sizeof(uint32_t)) return Corrupt();
      TARN_TRY(budget_.Take(count, sizeof(Json)));
      std::vector<uint32_t> truths;
      if (!ReadRuns(bytes.substr(sizeof(uint32_t)), 1, count, &truths)) return Corrupt();
      AppendTruths(truths, &data_.values);
      return {};
    }
    return Unsupported(encoding);
  }

  Status ReadByDictionary(std::string_view bytes, size_t count) {
    if (count == 0) return {};
    if (bytes.empty()) return Corrupt();
    TARN_TRY(budget_.Take(count, sizeof(Json)));
    std::vector<uint32_t> indexes;
    const int bit_width = static_cast<uint8_t>(bytes.front());
    if (!ReadRuns(bytes.substr(1), bit_width, count, &indexes)) return Corrupt();
    for (const uint32_t index : indexes) {
      if (index >= dictionary_.size()) return Corrupt();
      const Json& value = dictionary_[index];
      if (value.is_string()) TARN_TRY(budget_.Take(value.string().size()));
      data_.values.push_back(value);
    }
    return {};
  }

  Status ReadPlain(std::string_view bytes, size_t count, std::vector<Json>* out) {
    TARN_TRY(budget_.Take(count, sizeof(Json)));
    if (place_.element.type == ParquetPhysical::kBoolean) {
      std::vector<uint32_t> truths;
      if (!ReadPlainTruths(bytes, count, &truths)) return Corrupt();
      AppendTruths(truths, out);
      return {};
    }
    if (place_.element.type == ParquetPhysical::kInt96) {
      return {Code::kUnsupported, "columns of INT96 are not read"};
    }
    for (; count > 0; --count) {
      if (!TakePlain(&bytes, place_.element, &out->emplace_back())) return Corrupt();
    }
    return {};
  }

  static void AppendTruths(const std::vector<uint32_t>& truths, std::vector<Json>* out) {
    for (const uint32_t truth : truths) out->emplace_back(truth != 0);
  }

  const ParquetColumnPlace place_;
  const Compression compression_;
  ParquetBudget& budget_;
  std::string plain_;  ///< Of the page that is read.
  std::vector<Json> dictionary_;
  ParquetColumnData data_;
};

}  // namespace

Result<ParquetColumnData> ReadParquetColumn(std::string_view file, const ParquetChunk& chunk,
                                            const ParquetColumnPlace& place,
                                            ParquetBudget* budget) {
  constexpr int64_t kCodecsMax = 256;
  if (chunk.codec < 0 || chunk.codec >= kCodecsMax) return Corrupt();
  ColumnReader reader(place, static_cast<Compression>(chunk.codec), budget);
  TARN_TRY(reader.ReadPages(
      file.substr(static_cast<size_t>(chunk.offset), static_cast<size_t>(chunk.bytes)),
      static_cast<size_t>(chunk.values)));
  return reader.Take();
}

}  // namespace tarn
