#include "rest/contract/schemas.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "rest/contract/schema_table.h"

namespace tarn::rest {

/// Reads type texts. The table is our own, so anything unexpected is a broken invariant.
class SchemaSet::Reader {
 public:
  Reader(SchemaSet* set, std::string_view text) : set_(*set), text_(text) {}

  /// "name!: type, name: type" up to the end, which must be the text's.
  void ReadLine(Schema* schema) {
    ReadProperties(schema);
    TARN_CHECK(text_.empty());
  }

  /// A type that fills the whole text.
  const Schema* ReadWhole() {
    const Schema* schema = ReadType();
    TARN_CHECK(text_.empty());
    return schema;
  }

 private:
  void ReadProperties(Schema* schema) {
    while (!text_.empty() && !text_.starts_with('}')) {
      SchemaProperty property;
      property.name = TakeName();
      property.required = Take("!");
      TARN_CHECK(Take(": "));
      property.schema = ReadType();
      schema->properties.push_back(property);
      if (!Take(", ")) break;
    }
    for (const SchemaProperty& property : schema->properties) schema->by_name.push_back(&property);
    std::sort(schema->by_name.begin(), schema->by_name.end(),
              [](const SchemaProperty* a, const SchemaProperty* b) { return a->name < b->name; });
  }

  const Schema* ReadType() {
    Schema* schema = nullptr;
    if (Take("{")) {
      schema = set_.NewSchema();
      ReadProperties(schema);
      TARN_CHECK(Take("}"));
      return schema;
    }
    if (Take("[")) {
      schema = set_.NewSchema();
      schema->type = SchemaType::kArray;
      schema->items = ReadType();
      TARN_CHECK(Take("]"));
      if (Take("(min ")) schema->minimum_count = static_cast<size_t>(TakeLast());
      return schema;
    }
    if (Take("map<")) {
      schema = set_.NewSchema();
      schema->additional = ReadType();
      TARN_CHECK(Take(">"));
      return schema;
    }
    const std::string_view name = TakeName();
    schema = NewScalar(name);
    if (!schema) return set_.Get(name);
    if (Take("(")) ReadLimits(schema);
    if (Take("?")) schema->nullable = true;
    if (Take(" = false")) schema->default_boolean = false;
    return schema;
  }

  /// A schema of a built-in type; null if the name is not one.
  Schema* NewScalar(std::string_view name) {
    struct Scalar {
      std::string_view name;
      SchemaType type;
      std::string_view format;
    };
    constexpr Scalar kScalars[] = {
        {"string", SchemaType::kString, ""},      {"date-time", SchemaType::kString, "date-time"},
        {"enum", SchemaType::kString, ""},        {"int", SchemaType::kInteger, ""},
        {"int64", SchemaType::kInteger, "int64"}, {"bool", SchemaType::kBoolean, ""},
        {"object", SchemaType::kObject, ""},
    };
    for (const Scalar& scalar : kScalars) {
      if (scalar.name != name) continue;
      Schema* schema = set_.NewSchema();
      schema->type = scalar.type;
      schema->format = scalar.format;
      return schema;
    }
    return nullptr;
  }

  /// What follows "(" of a scalar: "min 1)", "pattern x)", "0..1)", "a|b)".
  void ReadLimits(Schema* schema) {
    if (Take("min ")) {
      schema->minimum_count = static_cast<size_t>(TakeLast());
    } else if (Take("pattern ")) {
      schema->pattern = TakeName();
      TARN_CHECK(Take(")"));
    } else if (schema->type == SchemaType::kInteger) {
      schema->minimum = TakeInteger();
      TARN_CHECK(Take(".."));
      if (!Take(")")) schema->maximum = TakeLast();
    } else {
      do schema->allowed.push_back(TakeName());
      while (Take("|"));
      TARN_CHECK(Take(")"));
    }
  }

  int64_t TakeLast() {
    const int64_t value = TakeInteger();
    TARN_CHECK(Take(")"));
    return value;
  }
  int64_t TakeInteger() {
    int64_t value = 0;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    TARN_CHECK(read.ec == std::errc());
    text_.remove_prefix(static_cast<size_t>(read.ptr - text_.data()));
    return value;
  }
  std::string_view TakeName() {
    const size_t end = std::min(text_.find_first_of(" !:,()<>[]{}|?"), text_.size());
    TARN_CHECK(end > 0);
    const std::string_view name = text_.substr(0, end);
    text_.remove_prefix(end);
    return name;
  }
  bool Take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  SchemaSet& set_;
  std::string_view text_;
};

SchemaSet::SchemaSet() {
  // Names first, so that lines may refer to later ones.
  for (const SchemaLine& line : SchemaTable()) NewSchema()->name = line.name;
  size_t i = 0;
  for (const SchemaLine& line : SchemaTable()) {
    Schema* schema = all_[i++].get();
    if (line.text.starts_with('[') || line.text.starts_with("map<")) {
      const Schema* type = Reader(this, line.text).ReadWhole();
      schema->type = type->type;
      schema->items = type->items;
      schema->additional = type->additional;
    } else {
      Reader(this, line.text).ReadLine(schema);
    }
  }
}

SchemaSet::~SchemaSet() = default;

Schema* SchemaSet::NewSchema() { return all_.emplace_back(std::make_unique<Schema>()).get(); }

const Schema* SchemaSet::Get(std::string_view type_text) {
  for (const auto& schema : all_)
    if (!schema->name.empty() && schema->name == type_text) return schema.get();
  const Schema* schema = Reader(this, type_text).ReadWhole();
  return schema;
}

std::vector<const Schema*> SchemaSet::Named() const {
  std::vector<const Schema*> named;
  for (const auto& schema : all_)
    if (!schema->name.empty()) named.push_back(schema.get());
  return named;
}

}  // namespace tarn::rest
