// How credentials are exchanged for a token: what is sent, and what is answered. Whoever asks sends
// it in its own way. Level 3; pure functions.
//
// Source: "Using OAuth 2.0 to Access Google APIs", RFC 6750, RFC 7523.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/gs/service_account.h"
#include "codec/json.h"

namespace tarn::block::gs {

struct Token {
  std::string value;                       ///< Empty: requests bear none.
  std::optional<int64_t> expires_seconds;  ///< Unix time; nothing: never.
};

inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

/// A form that is sent to a URL, with POST.
struct TokenExchange {
  std::string url, form;
};
Result<TokenExchange> ExchangeOf(const ServiceAccount& account, int64_t now_seconds);
/// Of a user that has signed in with the usual tools: a file of credentials of type
/// "authorized_user".
TokenExchange ExchangeOfUser(const Json& file);

/// The token of an answer. kIo, or kSlowDown for what may pass, with the name of the service;
/// bodies of failures are left out: they may repeat what was asked.
Result<Token> ReadTokenAnswer(int status, std::string_view body, std::string_view service,
                              int64_t now_seconds);

}  // namespace tarn::block::gs
