#include "auth/request_credentials.h"

#include "base/text.h"
#include "codec/base64.h"

namespace tarn::auth {
namespace {

bool StartsWithWord(std::string_view text, std::string_view lower_word) {
  if (text.size() < lower_word.size()) return false;
  for (size_t i = 0; i < lower_word.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != lower_word[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> BearerToken(std::string_view header) {
  constexpr std::string_view kSpace = " \t";
  header = Trim(header, kSpace);
  const size_t end = header.find_first_of(kSpace);
  if (end != 6 || !StartsWithWord(header, "bearer")) return std::nullopt;
  const std::string_view token = header.substr(header.find_first_not_of(kSpace, end));
  if (token.find_first_of(kSpace) != std::string_view::npos) return std::nullopt;
  return token;
}

std::optional<std::pair<std::string, std::string>> BasicKey(std::string_view header) {
  constexpr std::string_view kBasic = "basic ";
  if (!StartsWithWord(header, kBasic)) return std::nullopt;
  const auto text = DecodeBase64(header.substr(kBasic.size()));
  if (!text) return std::nullopt;
  const size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return std::pair(text->substr(0, colon), text->substr(colon + 1));
}

std::optional<std::string_view> FindCookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const size_t end = header.find(';');
    const std::string_view part = Trim(header.substr(0, end), " ");
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || part.substr(0, equals) != name) continue;
    std::string_view value = part.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return std::nullopt;
}

}  // namespace tarn::auth
