#include "codec/xml_writer.h"

#include <algorithm>
#include <array>

#include "codec/utf8.h"

namespace tarn {
namespace {

constexpr uint32_t kLastPlane = 0x10FFFF;

/// What stands for an ASCII character; empty: itself.
constexpr std::array<std::string_view, 128> kEscapes = [] {
  std::array<std::string_view, 128> table{};
  for (size_t c = 0; c < 0x20; ++c) table[c] = kReplacementCharacter;
  table['\t'] = "&#x9;";
  table['\n'] = "&#xA;";
  table['\r'] = "&#xD;";
  table['"'] = "&#34;";
  table['\''] = "&#39;";
  table['&'] = "&amp;";
  table['<'] = "&lt;";
  table['>'] = "&gt;";
  return table;
}();

/// XML 1.0 has no surrogates, U+FFFE and U+FFFF.
bool IsXmlCharacter(const Rune& rune) {
  return rune.valid && rune.value <= kLastPlane && rune.value != 0xFFFE && rune.value != 0xFFFF;
}

}  // namespace

void AppendXmlEscaped(std::string* out, std::string_view text) {
  // Nearly all text is plain, and then it is one copy.
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < kEscapes.size() && kEscapes[byte].empty();
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out->append(text);
    return;
  }
  size_t plain = 0;  // start of what needs no escape and is not written yet
  for (size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    std::string_view escape;
    size_t length = 1;
    if (c < kEscapes.size()) {
      escape = kEscapes[c];
    } else {
      const Rune rune = FirstRune(text.substr(at));
      length = rune.length;
      if (!IsXmlCharacter(rune)) escape = kReplacementCharacter;
    }
    if (!escape.empty()) {
      out->append(text.substr(plain, at - plain)).append(escape);
      plain = at + length;
    }
    at += length;
  }
  out->append(text.substr(plain));
}

}  // namespace tarn
