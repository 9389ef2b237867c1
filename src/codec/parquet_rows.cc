#include "codec/parquet_rows.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "codec/parquet_column.h"
#include "codec/parquet_footer.h"

namespace tarn {
namespace {

constexpr int kDepthMax = 32;

Status Corrupt() { return {Code::kCorrupt, "the schema of the Parquet file is malformed"}; }

/// A column with the place of its next entry.
struct Cursor {
  ParquetColumnData data;
  size_t entry = 0, value = 0;
};

/// A field of the schema with what is wanted below it.
struct Field {
  const ParquetElement* element = nullptr;
  uint32_t repetition = 0, definition = 0;  ///< Levels from which on it is there.
  size_t column = 0;                        ///< In the file; of fields without children.
  std::vector<Field> children;
  bool is_group() const { return !element->type; }
};

/// Makes fields of the flat list that the footer has.
class SchemaBuilder {
 public:
  SchemaBuilder(const std::vector<ParquetElement>& elements, const ParquetReadOptions& options)
      : elements_(elements), options_(options) {}

  Result<Field> Root() {
    Field root{.element = &elements_[next_++]};
    TARN_TRY(AddChildren(&root, "", 0));
    return root;
  }

 private:
  Status AddChildren(Field* parent, const std::string& path, int depth) {
    for (int64_t left = parent->element->children; left > 0; --left) {
      if (next_ >= elements_.size() || depth > kDepthMax) return Corrupt();
      Field field{.element = &elements_[next_++],
                  .repetition = parent->repetition,
                  .definition = parent->definition};
      if (field.element->repetition == ParquetRepetition::kRepeated) ++field.repetition;
      if (field.element->repetition != ParquetRepetition::kRequired) ++field.definition;
      const std::string name =
          path.empty() ? field.element->name : path + "." + field.element->name;
      if (field.is_group()) {
        TARN_TRY(AddChildren(&field, name, depth + 1));
        if (!field.children.empty()) parent->children.push_back(std::move(field));
      } else {
        field.column = column_++;
        if (!options_.wants || options_.wants(name)) parent->children.push_back(std::move(field));
      }
    }
    return {};
  }

  const std::vector<ParquetElement>& elements_;
  const ParquetReadOptions& options_;
  size_t next_ = 0;
  size_t column_ = 0;
};

/// Puts the rows of one row group together. A field is asked about by the first of its columns:
/// whether something is there is written in all of them.
class Assembler {
 public:
  Assembler(std::vector<Cursor> columns, size_t row_bytes_max)
      : columns_(std::move(columns)), row_bytes_max_(row_bytes_max) {}

  Result<Json> Row(const Field& root) {
    budget_ = ParquetBudget(row_bytes_max_);
    return Group(root);
  }

 private:
  Result<Json> Group(const Field& field) {
    Json::Object members;
    for (const Field& child : field.children) {
      TARN_TRY(budget_.Take(child.element->name.size() + sizeof(Json::Member)));
      TARN_TRY_ASSIGN(Json value, Value(child));
      members.emplace_back(child.element->name, std::move(value));
    }
    return Json(std::move(members));
  }

  /// A field that may be there, or be there several times.
  Result<Json> Value(const Field& field) {
    TARN_TRY_ASSIGN(const bool is_there, IsThere(field));
    if (field.element->repetition == ParquetRepetition::kRepeated) return Repeated(field, is_there);
    if (is_there) return Present(field);
    TARN_TRY(StepOver(field));
    return Json();
  }

  Result<Json> Repeated(const Field& field, bool is_there) {
    Json::Array items;
    if (!is_there) {
      TARN_TRY(StepOver(field));
      return Json(std::move(items));
    }
    do {
      TARN_TRY_ASSIGN(Json item, Present(field));
      items.push_back(std::move(item));
    } while (GoesOn(field));
    return Json(std::move(items));
  }

  /// One occurrence of a field that is there.
  Result<Json> Present(const Field& field) {
    if (!field.is_group()) return Leaf(field);
    const bool holds_one =
        field.children.size() == 1 &&
        field.children.front().element->repetition == ParquetRepetition::kRepeated;
    if (!holds_one || field.element->shape == ParquetShape::kPlain) return Group(field);
    const Field& repeated = field.children.front();
    TARN_TRY_ASSIGN(Json items, Value(repeated));
    return field.element->shape == ParquetShape::kMap ? Map(std::move(items))
                                                      : List(repeated, std::move(items));
  }

  /// Of the pairs of a map an object; of a key that is there several times the last value.
  static Result<Json> Map(Json pairs) {
    std::map<std::string, Json> by_key;
    for (Json& pair : pairs.items()) {
      if (!pair.is_object() || pair.members().empty()) return Corrupt();
      Json::Object& members = pair.members();
      const Json& key = members.front().second;
      if (!key.is_string() && !key.is_number()) return Corrupt();
      by_key[key.is_string() ? key.string() : key.literal()] =
          members.size() > 1 ? std::move(members[1].second) : Json();
    }
    Json::Object object;
    for (auto& [key, value] : by_key) object.emplace_back(key, std::move(value));
    return Json(std::move(object));
  }

  /// The elements of a list: what is in the repeated group or, in an older form, that group itself.
  static Json List(const Field& repeated, Json items) {
    const std::string_view name = repeated.element->name;
    if (!repeated.is_group() || repeated.element->children != 1 || name == "array" ||
        name.ends_with("_tuple")) {
      return items;
    }
    for (Json& item : items.items()) item = Json(std::move(item.members().front().second));
    return items;
  }

  Result<Json> Leaf(const Field& field) {
    Cursor& cursor = columns_[field.column];
    ++cursor.entry;
    if (cursor.value >= cursor.data.values.size()) return Corrupt();
    return std::move(cursor.data.values[cursor.value++]);
  }

  /// The column that tells about a field.
  Cursor& FirstOf(const Field& field) {
    const Field* first = &field;
    while (first->is_group()) first = &first->children.front();
    return columns_[first->column];
  }

  Result<bool> IsThere(const Field& field) {
    const Cursor& cursor = FirstOf(field);
    if (cursor.entry >= cursor.data.definitions.size()) return Corrupt();
    return cursor.data.definitions[cursor.entry] >= field.definition;
  }

  /// Whether the next entry is of the same list.
  bool GoesOn(const Field& field) {
    const Cursor& cursor = FirstOf(field);
    return cursor.entry < cursor.data.repetitions.size() &&
           cursor.data.repetitions[cursor.entry] >= field.repetition;
  }

  /// Takes the entries that say that a field is not there.
  Status StepOver(const Field& field) {
    if (field.is_group()) {
      for (const Field& child : field.children) TARN_TRY(StepOver(child));
      return {};
    }
    Cursor& cursor = columns_[field.column];
    if (cursor.entry >= cursor.data.definitions.size()) return Corrupt();
    if (cursor.data.definitions[cursor.entry++] == field.definition) ++cursor.value;
    return {};
  }

  std::vector<Cursor> columns_;  ///< By column of the file; those that are not wanted are empty.
  const size_t row_bytes_max_;
  ParquetBudget budget_{0};  ///< For names and places of fields, which repeat, in one row.
};

Status ReadColumns(std::string_view file, const ParquetRowGroup& group, const Field& field,
                   ParquetBudget* budget, std::vector<Cursor>* columns) {
  if (field.is_group()) {
    for (const Field& child : field.children) {
      TARN_TRY(ReadColumns(file, group, child, budget, columns));
    }
    return {};
  }
  TARN_TRY_ASSIGN((*columns)[field.column].data,
                  ReadParquetColumn(file, group.chunks[field.column],
                                    {*field.element, field.repetition, field.definition}, budget));
  return {};
}

}  // namespace

Status ReadParquetRows(std::string_view file, const ParquetReadOptions& options,
                       const std::function<Status(Json)>& visit) {
  TARN_TRY_ASSIGN(const ParquetFooter footer, ReadParquetFooter(file));
  TARN_TRY_ASSIGN(const Field root, SchemaBuilder(footer.elements, options).Root());
  if (root.children.empty()) return {};
  for (const ParquetRowGroup& group : footer.row_groups) {
    ParquetBudget budget(options.bytes_max);
    std::vector<Cursor> columns(group.chunks.size());
    TARN_TRY(ReadColumns(file, group, root, &budget, &columns));
    Assembler assembler(std::move(columns), options.bytes_max);
    for (int64_t left = group.rows; left > 0; --left) {
      TARN_TRY_ASSIGN(Json row, assembler.Row(root));
      TARN_TRY(visit(std::move(row)));
    }
  }
  return {};
}

}  // namespace tarn
