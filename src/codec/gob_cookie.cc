#include "codec/gob_cookie.h"

#include <openssl/crypto.h>

#include <charconv>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/digest.h"

namespace tarn {
namespace {

std::string Signature(std::string_view name, std::string_view key, std::string_view dated) {
  std::string text(name);
  text += '|';
  text += dated;
  return std::string(AsView(HmacSha256(key, text)));
}

std::optional<int64_t> ReadSeconds(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  return error == std::errc() && stop == end ? std::optional(seconds) : std::nullopt;
}

}  // namespace

Result<std::string> EncodeCookie(std::string_view name, std::string_view key, int64_t now_seconds,
                                 std::string_view value_name, std::string_view value) {
  std::string dated = std::to_string(now_seconds) + "|";
  AppendBase64(&dated, EncodeGobMap(value_name, value), Base64::kUrl);
  const std::string mac = Signature(name, key, dated);
  std::string cookie = EncodeBase64(dated + "|" + mac, Base64::kUrl);
  if (cookie.size() > kCookieBytesMax) return Status(Code::kTooLarge, "the value is too long");
  return cookie;
}

std::optional<GobMap> DecodeCookie(std::string_view name, std::string_view key, int64_t now_seconds,
                                   std::string_view cookie) {
  if (cookie.size() > kCookieBytesMax) return std::nullopt;
  // Line ends are nothing to the reference's decoder.
  const auto text = DecodeBase64(Trim(cookie, "\r\n"), Base64::kUrl);
  if (!text) return std::nullopt;
  const std::string_view all = *text;
  const size_t first = all.find('|');
  const size_t second = all.find('|', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const std::string wanted = Signature(name, key, all.substr(0, second));
  const std::string_view mac = all.substr(second + 1);
  if (mac.size() != wanted.size() || CRYPTO_memcmp(mac.data(), wanted.data(), wanted.size()) != 0) {
    return std::nullopt;
  }
  const auto seconds = ReadSeconds(all.substr(0, first));
  if (!seconds || *seconds < now_seconds - kCookieSecondsMax) return std::nullopt;
  const auto payload = DecodeBase64(all.substr(first + 1, second - first - 1), Base64::kUrl);
  return payload ? DecodeGobMap(*payload) : std::nullopt;
}

}  // namespace tarn
