// The JSON schemas of the contract: one table, read once at start, used for validation and for the
// OpenAPI document. Level 8; immutable after building, thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::rest {

enum class SchemaType : uint8_t { kString, kInteger, kBoolean, kObject, kArray };

struct Schema;

struct SchemaProperty {
  std::string_view name;
  const Schema* schema = nullptr;
  bool required = false;
};

/// A schema, named or in place. Everything is owned by its SchemaSet.
struct Schema {
  std::string_view name;  ///< Name under components/schemas; empty: in place.
  SchemaType type = SchemaType::kObject;
  std::string_view format;  ///< "int64", "date-time"; empty: none.
  bool nullable = false;
  std::vector<std::string_view> allowed;       ///< kString: values of an enum.
  std::string_view pattern;                    ///< kString: name of a pattern (patterns.h).
  std::optional<int64_t> minimum, maximum;     ///< kInteger.
  size_t minimum_count = 0;                    ///< kString: characters; kArray: items.
  std::optional<bool> default_boolean;         ///< kBoolean.
  std::vector<SchemaProperty> properties;      ///< kObject, in the contract's order.
  std::vector<const SchemaProperty*> by_name;  ///< The same, sorted.
  const Schema* additional = nullptr;          ///< kObject: schema of all other properties.
  const Schema* items = nullptr;               ///< kArray.
};

class SchemaSet {
 public:
  /// Reads the table.
  SchemaSet();
  ~SchemaSet();

  /// The schema of a type text: "BranchCreation", "[Commit]", "map<string>". REQUIRES that it is in
  /// the table's language and names known schemas.
  const Schema* Get(std::string_view type_text);
  /// Named schemas in alphabetical order.
  std::vector<const Schema*> Named() const;

 private:
  class Reader;
  Schema* NewSchema();
  std::vector<std::unique_ptr<Schema>> all_;
};

}  // namespace tarn::rest
