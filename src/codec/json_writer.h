// Writes compact JSON by appending to a string; used for every answer. Level 1; one thread at a
// time.
//
// Output equals the reference's encoder: '<', '>', '&', U+2028 and U+2029 as \u escapes, control
// characters as \b \f \n \r \t or \u00xx, each byte that is not UTF-8 as the escape \ufffd. Commas
// are put by the writer. The caller keeps the order of calls right: Begin/End in pairs, a key
// before each value of an object; nothing is checked.
//
//   JsonWriter json(&out);
//   json.BeginObject().Field("id", id).Field("size_bytes", size).EndObject();
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tarn {

/// Appends `text` with escapes, without the quotes around it.
void AppendJsonEscaped(std::string* out, std::string_view text);

class JsonWriter {
 public:
  /// `out` is borrowed; what it holds already is kept.
  explicit JsonWriter(std::string* out) : out_(*out) {}

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }

  /// A property name from our own code: written as it is, so it must not need escapes.
  JsonWriter& Key(std::string_view name) {
    Separate();
    out_.push_back('"');
    out_.append(name).append("\":", 2);
    comma_ = false;
    return *this;
  }
  /// A property name that is data.
  JsonWriter& DataKey(std::string_view name);

  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t value);
  JsonWriter& Uint(uint64_t value);
  /// Shortest form that reads back the same; not finite: null.
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Null() { return Raw("null"); }
  /// A value that is JSON already.
  JsonWriter& Raw(std::string_view json) {
    Separate();
    out_.append(json);
    comma_ = true;
    return *this;
  }

  JsonWriter& Field(std::string_view name, std::string_view text);
  JsonWriter& Field(std::string_view name, const char* text) {
    return Field(name, std::string_view(text));
  }
  JsonWriter& Field(std::string_view name, std::same_as<bool> auto value) {
    return Key(name).Bool(value);
  }
  JsonWriter& Field(std::string_view name, std::signed_integral auto value) {
    return IntField(name, value);
  }
  JsonWriter& Field(std::string_view name, std::unsigned_integral auto value) requires(
      !std::same_as<decltype(value), bool>) {
    return Key(name).Uint(value);
  }
  /// An object of strings, "{}" when empty.
  JsonWriter& Field(std::string_view name, const std::map<std::string, std::string>& members);

  std::string& out() { return out_; }

 private:
  JsonWriter& IntField(std::string_view name, int64_t value);
  /// Writes `,"name":` to a buffer that has room; the place after it.
  char* BeginField(char* to, std::string_view name) const;
  /// Writes a comma if due, the text in quotes and `after` unless that is NUL.
  void AppendString(std::string_view text, char after);
  void Separate() {
    if (comma_) out_.push_back(',');
  }
  JsonWriter& Open(char bracket) {
    Separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
  }

  std::string& out_;
  bool comma_ = false;
};

}  // namespace tarn
