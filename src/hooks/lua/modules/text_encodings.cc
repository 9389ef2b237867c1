// Modules `encoding/base64`, `encoding/hex` and `encoding/z85enc`.
#include <cstdio>

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/utf8.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

template <Base64 kKind>
Status Encode64(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bytes, call.Text(1));
  call.Return(EncodeBase64(bytes, kKind));
  return {};
}

/// Reads like the reference: line breaks and the bits behind the last byte do not matter.
template <Base64 kKind>
Status Decode64(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  constexpr bool kIsUrl = kKind == Base64::kUrlUnpadded;
  constexpr std::string_view kAlphabet =
      kIsUrl ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
             : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string clean;
  for (const char c : text) {
    if (c != '\r' && c != '\n') clean.push_back(c);
  }
  // Unused bits become zero, so that the strict decoder takes the last character.
  size_t end = clean.size();
  while (end > 0 && clean.size() - end < 2 && clean[end - 1] == '=') --end;
  if (end > 0 && end % 4 >= 2) {
    const size_t value = kAlphabet.find(clean[end - 1]);
    if (value != std::string_view::npos) {
      clean[end - 1] = kAlphabet[value & (end % 4 == 2 ? ~size_t{15} : ~size_t{3})];
    }
  }
  auto bytes = DecodeBase64(clean, kKind);
  if (!bytes) return {Code::kInvalidValue, "illegal base64 data"};
  call.Return(*std::move(bytes));
  return {};
}

Status EncodeHex(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bytes, call.Text(1));
  call.Return(ToHex(bytes));
  return {};
}

/// "U+007A 'z'"
std::string Named(char c) {
  char text[32];
  std::snprintf(text, sizeof text, "U+%04X '%c'", static_cast<unsigned char>(c), c);
  return text;
}

Status DecodeHex(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  auto bytes = FromHex(text);
  if (!bytes) {
    const size_t bad = text.find_first_not_of("0123456789abcdefABCDEF");
    return {Code::kInvalidValue, bad == std::string_view::npos
                                     ? "encoding/hex: odd length hex string"
                                     : "encoding/hex: invalid byte: " + Named(text[bad])};
  }
  call.Return(*std::move(bytes));
  return {};
}

constexpr size_t kUuidBytes = 16, kUuidTextBytes = 20;
constexpr std::string_view kZ85 =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// decode_uuid(text): the UUID that the last 20 characters spell (ZeroMQ RFC 32), and what comes
/// before them.
Status DecodeUuid(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  const size_t begin = text.size() - std::min(text.size(), kUuidTextBytes);
  const std::string_view digits = text.substr(begin);
  if (digits.size() % 5 != 0) return {Code::kInvalidValue, "z85: wrongly aligned input data"};
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 5) {
    uint32_t value = 0;
    for (const char c : digits.substr(i, 5)) {
      const size_t digit = kZ85.find(c);
      if (digit == std::string_view::npos) {
        return {Code::kInvalidValue, "z85: invalid input byte: " + Named(c)};
      }
      value = value * 85 + static_cast<uint32_t>(digit);
    }
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  }
  bytes.resize(kUuidBytes);
  std::string uuid = ToHex(bytes);
  for (const size_t place : {20, 16, 12, 8}) uuid.insert(place, 1, '-');
  call.Return(std::move(uuid));
  call.ReturnText(text.substr(0, begin));
  return {};
}

constexpr Function kBase64[] = {
    {"decode", Native<Decode64<Base64::kStandard>>},
    {"encode", Native<Encode64<Base64::kStandard>>},
    {"url_decode", Native<Decode64<Base64::kUrlUnpadded>>},
    {"url_encode", Native<Encode64<Base64::kUrlUnpadded>>},
};
constexpr Function kHex[] = {{"decode", Native<DecodeHex>}, {"encode", Native<EncodeHex>}};
constexpr Function kZ85Functions[] = {{"decode_uuid", Native<DecodeUuid>}};

}  // namespace

std::span<const Function> Base64Module() { return kBase64; }
std::span<const Function> HexModule() { return kHex; }
std::span<const Function> Z85Module() { return kZ85Functions; }

}  // namespace tarn::hooks::lua
