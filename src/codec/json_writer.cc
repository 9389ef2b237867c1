#include "codec/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "codec/utf8.h"

namespace tarn {
namespace {

constexpr size_t kBufferBytes = 320;
constexpr size_t kAround = 32;  ///< Room for punctuation or an integer beside a text.

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

#if defined(__SSE2__)
/// A bit for each of 16 characters that cannot be copied as it is. Seen as signed bytes, controls
/// and multibyte characters are both below 0x20; '<' and '>' differ in one bit, '"' and '&' too.
int SpecialMask(const char* text) {
  const auto splat = [](char c) { return _mm_set1_epi8(c); };
  const __m128i chars = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i outside = _mm_cmplt_epi8(chars, splat(0x20));
  const __m128i angle = _mm_cmpeq_epi8(_mm_or_si128(chars, splat('<' ^ '>')), splat('>'));
  const __m128i quote = _mm_cmpeq_epi8(_mm_or_si128(chars, splat('"' ^ '&')), splat('&'));
  const __m128i slash = _mm_cmpeq_epi8(chars, splat('\\'));
  return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(outside, angle), _mm_or_si128(quote, slash)));
}
#endif

/// Length of the leading run of characters that are copied as they are.
size_t PlainPrefix(std::string_view text) {
  size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const int mask = SpecialMask(text.data() + i);
    if (mask != 0) return i + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (i < text.size() && ClassOf(text[i]) == kPlain) ++i;
  return i;
}

/// Copies a short text without calling into the library.
char* CopyShort(char* to, std::string_view text) {
  const char* from = text.data();
  const size_t size = text.size();
  size_t i = 0;
  for (; i + 16 <= size; i += 16) std::memcpy(to + i, from + i, 16);
  if ((size & 8) != 0) std::memcpy(to + i, from + i, 8), i += 8;
  if ((size & 4) != 0) std::memcpy(to + i, from + i, 4), i += 4;
  for (; i < size; ++i) to[i] = from[i];
  return to + size;
}

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
  for (;;) {
    const size_t plain = PlainPrefix(text);
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    size_t taken = 1;
    if (ClassOf(text[0]) == kEscape) {
      AppendAsciiEscape(out, text[0]);
    } else {
      taken = AppendMultibyte(out, text);
    }
    text.remove_prefix(taken);
  }
}

JsonWriter& JsonWriter::DataKey(std::string_view name) {
  AppendString(name, ':');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  AppendString(text, '\0');
  comma_ = true;
  return *this;
}

void JsonWriter::AppendString(std::string_view text, char after) {
  char buffer[kBufferBytes];
  char* end = buffer;
  if (comma_) *end++ = ',';
  *end++ = '"';
  if (text.size() + kAround <= sizeof buffer && PlainPrefix(text) == text.size()) {
    end = CopyShort(end, text);
  } else {
    out_.append(buffer, static_cast<size_t>(end - buffer));
    AppendJsonEscaped(&out_, text);
    end = buffer;
  }
  *end++ = '"';
  if (after != '\0') *end++ = after;
  out_.append(buffer, static_cast<size_t>(end - buffer));
}

JsonWriter& JsonWriter::Field(std::string_view name, std::string_view text) {
  // Short and plain is nearly always: one append instead of six.
  char buffer[kBufferBytes];
  if (name.size() + text.size() + kAround > sizeof buffer || PlainPrefix(text) != text.size()) {
    return Key(name).String(text);
  }
  char* end = BeginField(buffer, name);
  *end++ = '"';
  end = CopyShort(end, text);
  *end++ = '"';
  out_.append(buffer, static_cast<size_t>(end - buffer));
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::IntField(std::string_view name, int64_t value) {
  char buffer[kBufferBytes];
  if (name.size() + kAround > sizeof buffer) return Key(name).Int(value);
  char* end = std::to_chars(BeginField(buffer, name), buffer + sizeof buffer, value).ptr;
  out_.append(buffer, static_cast<size_t>(end - buffer));
  comma_ = true;
  return *this;
}

char* JsonWriter::BeginField(char* to, std::string_view name) const {
  if (comma_) *to++ = ',';
  *to++ = '"';
  to = CopyShort(to, name);
  *to++ = '"';
  *to++ = ':';
  return to;
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

namespace {

constexpr double kExactIntegersEnd = 0x1p53;

/// An integer with the fewest digits that tell it from its neighbours, then zeros.
std::string PaddedInteger(double value) {
  char text[64];
  const char* const end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const std::string_view all(text, static_cast<size_t>(end - text));
  const size_t mark = all.find('e');
  std::string digits(all.substr(0, mark));
  std::erase(digits, '.');
  size_t size = 0;
  std::from_chars(all.data() + mark + 2, end, size);  // Past "e+".
  digits.resize(size + (value < 0 ? 2 : 1), '0');
  return digits;
}

}  // namespace

JsonWriter& JsonWriter::Double(double value) {
  if (!std::isfinite(value)) return Null();
  const double size = std::fabs(value);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  char text[64];
  if (size >= kExactIntegersEnd && !exponent) return Raw(PaddedInteger(value));
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
