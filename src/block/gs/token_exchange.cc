#include "block/gs/token_exchange.h"

#include <utility>

#include "codec/url.h"

namespace tarn::block::gs {
namespace {

/// Of RFC 6750.
constexpr std::string_view kTokenCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";
constexpr std::string_view kUserTokenUrl = "https://oauth2.googleapis.com/token";

}  // namespace

Result<TokenExchange> ExchangeOf(const ServiceAccount& account, int64_t now_seconds) {
  TARN_TRY_ASSIGN(const std::string claims, SignTokenRequest(account, now_seconds));
  return TokenExchange{
      account.token_url,
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + claims};
}

TokenExchange ExchangeOfUser(const Json& file) {
  std::string form = "grant_type=refresh_token";
  for (const char* name : {"client_id", "client_secret", "refresh_token"}) {
    form.append("&").append(name).append("=");
    form += EscapeQuery(file.StringAt(name).value_or(""));
  }
  return {std::string(kUserTokenUrl), std::move(form)};
}

Result<Token> ReadTokenAnswer(int status, std::string_view body, std::string_view service,
                              int64_t now_seconds) {
  const std::string name = "token of " + std::string(service);
  if (status != 200) {
    return Status(status >= 500 || status == 429 ? Code::kSlowDown : Code::kIo,
                  name + ": status " + std::to_string(status));
  }
  const auto json = ParseJson(body);
  std::string value;
  int64_t seconds = 0;
  if (json.ok()) {
    value = json->StringAt("access_token").value_or("");
    seconds = json->IntAt("expires_in").value_or(0);
  }
  if (value.empty() || value.find_first_not_of(kTokenCharacters) != std::string::npos ||
      seconds <= 0 || seconds > INT32_MAX) {
    return Status(Code::kIo, name + ": the answer is not complete");
  }
  return Token{std::move(value), now_seconds + seconds};
}

}  // namespace tarn::block::gs
