#include "authserver/token_check.h"

#include "base/text.h"
#include "codec/constant_time.h"
#include "codec/jwt.h"
#include "http/message.h"

namespace tarn::authserver {
namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kAudience = "auth-client";

}  // namespace

bool TokenCheck::Accepts(std::string_view authorization, int64_t now_seconds) const {
  if (!http::EqualsIgnoreCase(authorization.substr(0, kScheme.size()), kScheme)) return false;
  const std::string_view sent = Trim(authorization.substr(kScheme.size()), " \t");
  if (!token_.empty() && EqualsInConstantTime(sent, token_)) return true;
  // An empty secret signs for everybody.
  return !secret_key_.empty() && VerifyServiceJwt(sent, secret_key_, now_seconds, kAudience).ok();
}

}  // namespace tarn::authserver
