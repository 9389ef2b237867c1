#include "sst/testing/random_records.h"

#include "base/check.h"

namespace tarn::sst {

std::string RecordMaker::Bytes(size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random_());
  return bytes;
}

RecordShape RecordMaker::Shape() {
  RecordShape shape;
  shape.uniform = OneIn(3);
  shape.wild = !shape.uniform && OneIn(3);
  shape.data_bytes_max = OneIn(4) ? 2000 : 180;
  return shape;
}

std::string RecordMaker::Key(const RecordShape& shape) {
  if (shape.wild) {
    // Few letters, so that keys share prefixes and run into the trailers of their predecessors.
    static constexpr char kLetters[] = {'\0', '\1', 'a', '\xfe', '\xff'};
    std::string key;
    for (size_t length = Below(OneIn(20) ? 1024 : 12); key.size() < length;) {
      key.push_back(kLetters[Below(sizeof kLetters)]);
    }
    return key;
  }
  std::string number = std::to_string(Below(1000000));
  if (shape.uniform) return "table/part-" + std::string(6 - number.size(), '0') + number;
  std::string key = "lake/year=" + std::to_string(2000 + Below(5));
  for (uint64_t depth = Below(3); depth > 0; --depth) key += "/d" + std::to_string(Below(30));
  return key + "/" + number + ".parquet";
}

Value RecordMaker::MakeValue(const RecordShape& shape) {
  Value value;
  value.identity = Bytes(32);
  if (shape.wild) {
    if (OneIn(10)) value.identity.resize(1);
    value.data = Bytes(Below(OneIn(50) ? 20000 : 20));
    return value;
  }
  value.data = "local://bucket/data/objects/0123456789abcdef/" +
               Bytes(shape.uniform ? 40 : Below(shape.data_bytes_max));
  return value;
}

Records RecordMaker::Make(const RecordShape& shape, size_t count) {
  Records records;
  for (size_t i = 0; i < count; ++i) records[Key(shape)] = MakeValue(shape);
  return records;
}

std::vector<Table> WriteTables(const Records& records, const BreakRule& rule) {
  std::vector<Table> tables;
  TableWriter writer(TableType::kRange);
  for (const auto& [key, value] : records) {
    TARN_CHECK(writer.Add(key, value.view()).ok());
    // Not BreaksAfterLast: this is what other ways of writing are compared with.
    if (!rule.Breaks(writer.estimated_size(), key)) continue;
    tables.push_back(*writer.Finish());
    writer = TableWriter(TableType::kRange);
  }
  if (writer.count() > 0) tables.push_back(*writer.Finish());
  return tables;
}

}  // namespace tarn::sst
