#include "codec/utf8.h"

#include <array>
#include <cstring>

namespace tarn {
namespace {

constexpr uint32_t kReplacement = 0xfffd;
constexpr Rune kInvalid{kReplacement, 1, false};

bool IsContinuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

/// Length of the leading run of ASCII, eight bytes at a time.
size_t AsciiPrefix(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080ULL) != 0) break;
  }
  while (i < text.size() && static_cast<uint8_t>(text[i]) < 0x80) ++i;
  return i;
}

/// Approximates "printable": spaces other than U+0020, controls, formats, private and unassigned
/// planes are escaped; that covers what differs in practice.
bool IsPrintable(uint32_t rune) {
  if (rune < 0x20 || (rune >= 0x7f && rune <= 0xa0) || rune == 0xad) return false;
  if (rune >= 0x2000 && rune <= 0x200f) return false;
  if (rune >= 0x2028 && rune <= 0x202f) return false;
  if (rune >= 0x205f && rune <= 0x206f) return false;
  if (rune == 0x1680 || rune == 0x3000 || rune == 0xfeff) return false;
  if (rune >= 0xe000 && rune <= 0xf8ff) return false;
  if (rune >= 0xfff0 && rune <= 0xfffb) return false;
  return (rune & 0xfffe) != 0xfffe && rune < 0xe0000;
}

void AppendHex(std::string* out, uint32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out->push_back("0123456789abcdef"[value >> shift & 15]);
  }
}

}  // namespace

Rune FirstRune(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = at(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xc2 || lead > 0xf4) return kInvalid;
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < length) return kInvalid;
  uint32_t value = lead & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(at(i))) return kInvalid;
    value = value << 6 | (at(i) & 0x3fU);
  }
  if (length == 3 && (value < 0x800 || (value >= 0xd800 && value <= 0xdfff))) return kInvalid;
  if (length == 4 && (value < 0x10000 || value > 0x10ffff)) return kInvalid;
  return {value, length, true};
}

bool IsValidUtf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(AsciiPrefix(text));
    if (text.empty()) return true;
    const Rune rune = FirstRune(text);
    if (!rune.valid) return false;
    text.remove_prefix(rune.length);
  }
}

size_t CountRunes(std::string_view text) {
  size_t count = 0;
  while (!text.empty()) {
    const size_t ascii = AsciiPrefix(text);
    count += ascii;
    text.remove_prefix(ascii);
    if (text.empty()) break;
    text.remove_prefix(FirstRune(text).length);
    ++count;
  }
  return count;
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t ascii = AsciiPrefix(text);
    out.append(text.substr(0, ascii));
    text.remove_prefix(ascii);
    if (text.empty()) break;
    const Rune rune = FirstRune(text);
    out.append(rune.valid ? text.substr(0, rune.length) : kReplacementCharacter);
    text.remove_prefix(rune.length);
  }
  return out;
}

void AppendRune(std::string* out, uint32_t value) {
  const auto put = [out](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) value = kReplacement;
  if (value < 0x80) {
    put(value);
    return;
  }
  if (value < 0x800) {
    put(0xc0 | value >> 6);
  } else {
    if (value < 0x10000) {
      put(0xe0 | value >> 12);
    } else {
      put(0xf0 | value >> 18);
      put(0x80 | (value >> 12 & 0x3f));
    }
    put(0x80 | (value >> 6 & 0x3f));
  }
  put(0x80 | (value & 0x3f));
}

std::string Quote(std::string_view text) {
  constexpr std::string_view kNamed = "\a\b\t\n\v\f\r\"\\";
  constexpr std::string_view kNames = "abtnvfr\"\\";
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    const size_t named =
        rune.value < 0x80 ? kNamed.find(static_cast<char>(rune.value)) : std::string_view::npos;
    if (!rune.valid) {
      out.append("\\x");
      AppendHex(&out, static_cast<uint8_t>(text[0]), 2);
    } else if (named != std::string_view::npos) {
      out.push_back('\\');
      out.push_back(kNames[named]);
    } else if (IsPrintable(rune.value)) {
      out.append(text.substr(0, rune.length));
    } else if (rune.value < 0x80) {
      out.append("\\x");
      AppendHex(&out, rune.value, 2);
    } else {
      out.append(rune.value < 0x10000 ? "\\u" : "\\U");
      AppendHex(&out, rune.value, rune.value < 0x10000 ? 4 : 8);
    }
    text.remove_prefix(rune.length);
  }
  out.push_back('"');
  return out;
}

}  // namespace tarn
