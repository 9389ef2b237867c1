// JSON as a value: what request bodies, tokens and policies are read into. Level 1; values.
//
// Read by Boost.JSON's incremental parser (its headers stay in json.cc) with the rules of the
// reference's decoder: of a repeated name the last value counts, data after the first value may be
// ignored, bytes that are not UTF-8 become U+FFFD. Numbers keep their literal text, since the
// checks above tell `1` from `1.0`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codec/json_writer.h"

namespace tarn {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  ///< Names are unique; in order of first appearance.
  struct Number {
    std::string literal;
  };

  Json() = default;  ///< null
  explicit Json(bool value) : value_(value) {}
  explicit Json(int64_t value) : value_(Number{std::to_string(value)}) {}
  explicit Json(Number number) : value_(std::move(number)) {}
  explicit Json(std::string text) : value_(std::move(text)) {}
  explicit Json(std::string_view text) : value_(std::string(text)) {}
  explicit Json(const char* text) : value_(std::string(text)) {}
  explicit Json(Array items) : value_(std::move(items)) {}
  explicit Json(Object members) : value_(std::move(members)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_number() const { return std::holds_alternative<Number>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  /// Each REQUIRES the kind.
  bool boolean() const { return std::get<bool>(value_); }
  const std::string& literal() const { return std::get<Number>(value_).literal; }
  const std::string& string() const { return std::get<std::string>(value_); }
  const Array& items() const { return std::get<Array>(value_); }
  Array& items() { return std::get<Array>(value_); }
  const Object& members() const { return std::get<Object>(value_); }
  Object& members() { return std::get<Object>(value_); }

  /// The number, if the literal is an integer without fraction and exponent that fits.
  std::optional<int64_t> AsInt64() const;
  /// The number, if it is one and within the range of a double.
  std::optional<double> AsDouble() const;

  /// The property of an object; null when absent or when this is no object. Borrowed.
  const Json* Find(std::string_view name) const;
  Json* Find(std::string_view name);
  /// The property if it is a string (bool, integer); nothing otherwise. Strings are borrowed.
  std::optional<std::string_view> StringAt(std::string_view name) const;
  std::optional<bool> BoolAt(std::string_view name) const;
  std::optional<int64_t> IntAt(std::string_view name) const;
  /// Sets a property. REQUIRES is_object().
  void Set(std::string_view name, Json value);

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

enum class JsonTrailing : uint8_t {
  kIgnore,  ///< Read the first value only, as a stream decoder does (request bodies).
  kRefuse,  ///< Only white space may follow.
};

struct JsonLimits {
  size_t bytes_max = 64 << 20;
  int depth_max = 256;  ///< Nested arrays and objects.
  /// Values of any kind: each takes some dozen bytes of memory, however short its text is.
  size_t values_max = 16 << 20;
  JsonTrailing trailing = JsonTrailing::kIgnore;
};

/// Reads one value. kInvalidRequest with a text such as "EOF" (nothing but white space),
/// "unexpected EOF" (cut short) or "invalid character 'x' at offset 3"; kTooLarge over a limit.
Result<Json> ParseJson(std::string_view text, const JsonLimits& limits = {});

/// Writes a value; members in the order they have.
void WriteJson(JsonWriter* out, const Json& value);
std::string ToJsonText(const Json& value);

}  // namespace tarn
