#include "codec/base64.h"

#include <array>

namespace tarn {
namespace {

constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t kForeign = 0xff;

constexpr std::array<uint8_t, 256> Inverse(std::string_view alphabet) {
  std::array<uint8_t, 256> values{};
  values.fill(kForeign);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  }
  return values;
}
constexpr auto kStandardValues = Inverse(kStandardAlphabet);
constexpr auto kUrlValues = Inverse(kUrlAlphabet);

constexpr bool IsUrl(Base64 kind) { return kind == Base64::kUrl || kind == Base64::kUrlUnpadded; }
constexpr bool IsPadded(Base64 kind) { return kind == Base64::kStandard || kind == Base64::kUrl; }

}  // namespace

void AppendBase64(std::string* out, std::string_view bytes, Base64 kind) {
  const std::string_view alphabet = IsUrl(kind) ? kUrlAlphabet : kStandardAlphabet;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])); };
  out->reserve(out->size() + (bytes.size() + 2) / 3 * 4);
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const char text[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63],
                          alphabet[group >> 6 & 63], alphabet[group & 63]};
    out->append(text, 4);
  }
  const size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const uint32_t group = byte(i) << 16 | (rest == 2 ? byte(i + 1) << 8 : 0);
  out->push_back(alphabet[group >> 18]);
  out->push_back(alphabet[group >> 12 & 63]);
  if (rest == 2) out->push_back(alphabet[group >> 6 & 63]);
  if (IsPadded(kind)) out->append(3 - rest, '=');
}

std::string EncodeBase64(std::string_view bytes, Base64 kind) {
  std::string out;
  AppendBase64(&out, bytes, kind);
  return out;
}

std::optional<std::string> DecodeBase64(std::string_view text, Base64 kind) {
  const auto& values = IsUrl(kind) ? kUrlValues : kStandardValues;
  if (IsPadded(kind)) {
    if (text.size() % 4 != 0) return std::nullopt;
    if (text.ends_with("==")) {
      text.remove_suffix(2);
    } else if (text.ends_with('=')) {
      text.remove_suffix(1);
    }
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const uint8_t value = values[static_cast<uint8_t>(c)];
    if (value == kForeign) return std::nullopt;
    group = group << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>(group >> bits & 0xff));
    }
  }
  if ((group & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace tarn
