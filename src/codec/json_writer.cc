#include "codec/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "codec/utf8.h"

namespace tarn {
namespace {

enum : uint8_t { kPlain, kEscape, kMultibyte };

constexpr std::array<uint8_t, 256> Classes() {
  std::array<uint8_t, 256> classes{};
  for (size_t i = 0; i < 0x20; ++i) classes[i] = kEscape;
  for (const char c : {'"', '\\', '<', '>', '&'}) classes[static_cast<uint8_t>(c)] = kEscape;
  for (size_t i = 0x80; i < 0x100; ++i) classes[i] = kMultibyte;
  return classes;
}
constexpr auto kClasses = Classes();

uint8_t ClassOf(char c) { return kClasses[static_cast<uint8_t>(c)]; }

void AppendAsciiEscape(std::string* out, char c) {
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  const size_t named = kNamed.find(c);
  if (named != std::string_view::npos) {
    const char text[2] = {'\\', kNames[named]};
    out->append(text, 2);
    return;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<uint8_t>(c);
  const char text[6] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
  out->append(text, 6);
}

/// Appends the character that starts `text`; its length in bytes.
size_t AppendMultibyte(std::string* out, std::string_view text) {
  const Rune rune = FirstRune(text);
  if (!rune.valid) {
    out->append("\\ufffd");
  } else if (rune.value == 0x2028) {
    out->append("\\u2028");
  } else if (rune.value == 0x2029) {
    out->append("\\u2029");
  } else {
    out->append(text.substr(0, rune.length));
  }
  return rune.length;
}

}  // namespace

void AppendJsonEscaped(std::string* out, std::string_view text) {
  size_t start = 0;
  size_t i = 0;
  while (i < text.size()) {
    const uint8_t kind = ClassOf(text[i]);
    if (kind == kPlain) [[likely]] {
      ++i;
      continue;
    }
    out->append(text.data() + start, i - start);
    if (kind == kEscape) {
      AppendAsciiEscape(out, text[i]);
      ++i;
    } else {
      i += AppendMultibyte(out, text.substr(i));
    }
    start = i;
  }
  out->append(text.data() + start, text.size() - start);
}

JsonWriter& JsonWriter::DataKey(std::string_view name) {
  String(name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  Separate();
  out_.push_back('"');
  AppendJsonEscaped(&out_, text);
  out_.push_back('"');
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return Raw({text, static_cast<size_t>(end - text)});
}

JsonWriter& JsonWriter::Uint(uint64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return Raw({text, static_cast<size_t>(end - text)});
}

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  const double size = std::fabs(value);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  char text[64];
  char* end = std::to_chars(text, text + sizeof text, value,
                            exponent ? std::chars_format::scientific : std::chars_format::fixed)
                  .ptr;
  // The reference writes small negative exponents with one digit: 1e-7, not 1e-07.
  if (exponent && end - text >= 4 && end[-4] == 'e' && end[-3] == '-' && end[-2] == '0') {
    end[-2] = end[-1];
    --end;
  }
  return Raw({text, static_cast<size_t>(end - text)});
}

JsonWriter& JsonWriter::Field(std::string_view name,
                              const std::map<std::string, std::string>& members) {
  Key(name).BeginObject();
  for (const auto& [key, value] : members) DataKey(key).String(value);
  return EndObject();
}

}  // namespace tarn
