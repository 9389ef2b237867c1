#include "codec/mime_word.h"

#include <algorithm>
#include <optional>

#include "codec/base64.h"
#include "codec/utf8.h"

namespace tarn {
namespace {

constexpr std::string_view kStart = "=?", kEnd = "?=";
constexpr std::string_view kOpening = "=?utf-8?q?";
constexpr size_t kShortest = 4;  // of what follows the character set: encoding, "?", "?="
constexpr size_t kWordBytesMax = 75;
constexpr size_t kContentBytesMax = kWordBytesMax - kOpening.size() - kEnd.size();

bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

bool EqualsLower(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  });
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::string> DecodeQ(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_') {
      bytes.push_back(' ');
    } else if (c == '=') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = HexValue(text[i + 1]), low = HexValue(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    } else if (IsPrintable(c) || c == '\n' || c == '\r' || c == '\t') {
      bytes.push_back(c);
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

std::optional<std::string> DecodeContent(char encoding, std::string_view text) {
  if (encoding == 'B' || encoding == 'b') return DecodeBase64(text);
  if (encoding == 'Q' || encoding == 'q') return DecodeQ(text);
  return std::nullopt;
}

Status AppendConverted(std::string* out, std::string_view charset, std::string_view content) {
  if (EqualsLower(charset, "utf-8")) {
    out->append(content);
    return {};
  }
  const bool latin = EqualsLower(charset, "iso-8859-1");
  if (!latin && !EqualsLower(charset, "us-ascii"))
    return {Code::kInvalidValue, "mime: unhandled charset " + Quote(charset)};
  constexpr uint32_t kAsciiEnd = 0x80, kReplacement = 0xfffd;
  for (const char c : content) {
    const uint32_t value = static_cast<uint8_t>(c);
    AppendRune(out, latin || value < kAsciiEnd ? value : kReplacement);
  }
  return {};
}

/// "=?charset?encoding?text?=" at the start of a text.
struct Word {
  std::string_view charset, text;
  char encoding = 0;
  size_t length = 0;  // 0: there is no whole word in the rest of the text
};

Word ReadWord(std::string_view text) {
  Word word;
  const size_t mark = text.find('?', kStart.size());
  if (mark == std::string_view::npos || text.size() < mark + 1 + kShortest) return word;
  word.charset = text.substr(kStart.size(), mark - kStart.size());
  word.encoding = text[mark + 1];
  if (text[mark + 2] != '?') return word;
  const size_t begin = mark + 3, end = text.find(kEnd, begin);
  if (end == std::string_view::npos) return word;
  word.text = text.substr(begin, end - begin);
  word.length = end + kEnd.size();
  return word;
}

}  // namespace

Result<std::string> DecodeMimeWords(std::string_view text) {
  const size_t first = std::min(text.find(kStart), text.size());
  std::string decoded(text.substr(0, first));
  text.remove_prefix(first);
  bool after_word = false;
  for (size_t start = 0; (start = text.find(kStart)) != std::string_view::npos;) {
    const Word word = ReadWord(text.substr(start));
    if (word.length == 0) break;
    const auto content = DecodeContent(word.encoding, word.text);
    if (!content) {
      decoded.append(text.substr(0, start + kStart.size()));
      text.remove_prefix(start + kStart.size());
      after_word = false;
      continue;
    }
    const std::string_view between = text.substr(0, start);
    if (!after_word || between.find_first_not_of(" \t\n\r") != std::string_view::npos)
      decoded.append(between);
    TARN_TRY(AppendConverted(&decoded, word.charset, *content));
    text.remove_prefix(start + word.length);
    after_word = true;
  }
  decoded.append(text);
  return decoded;
}

std::string EncodeMimeWords(std::string_view text) {
  const auto stays = [](char c) { return IsPrintable(c) || c == '\t'; };
  if (std::all_of(text.begin(), text.end(), stays)) return std::string(text);
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded(kOpening);
  size_t in_word = 0;
  for (size_t length = 0; !text.empty(); text.remove_prefix(length)) {
    const char c = text[0];
    const bool plain = IsPrintable(c) && c != '=' && c != '?' && c != '_';
    length = plain ? 1 : FirstRune(text).length;
    const size_t grows = plain ? 1 : 3 * length;
    if (in_word + grows > kContentBytesMax) {
      encoded.append(kEnd).append(" ").append(kOpening);
      in_word = 0;
    }
    in_word += grows;
    if (plain) {
      encoded.push_back(c == ' ' ? '_' : c);
      continue;
    }
    for (const char byte : text.substr(0, length)) {
      const auto value = static_cast<uint8_t>(byte);
      encoded.append({'=', kHex[value >> 4], kHex[value & 15]});
    }
  }
  return encoded.append(kEnd);
}

}  // namespace tarn
