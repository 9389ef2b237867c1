#include "block/gs/service_account.h"

#include <optional>
#include <utility>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/json_writer.h"

namespace tarn::block::gs {
namespace {

constexpr std::string_view kTokenUrl = "https://oauth2.googleapis.com/token";
constexpr std::string_view kScope = "https://www.googleapis.com/auth/devstorage.read_write";
constexpr int64_t kClaimSeconds = 3600;

Status Bad(std::string_view why) {
  return {Code::kInvalidValue,
          "the credentials are no service account of Google Cloud: " + std::string(why)};
}

}  // namespace

Result<ServiceAccount> ReadServiceAccount(std::string_view text) {
  const auto json = ParseJson(text, {.trailing = JsonTrailing::kRefuse});
  if (!json.ok() || !json->is_object()) return Bad("they are no JSON object");
  const auto at = [&](std::string_view name) {
    return std::string(json->StringAt(name).value_or(""));
  };
  if (at("type") != "service_account") return Bad("the type is not service_account");
  if (at("client_email").empty()) return Bad("client_email is missing");
  auto key = RsaKey::FromPem(at("private_key"));
  if (!key.ok()) return Bad("private_key: " + std::string(key.status().message()));
  ServiceAccount account{at("client_email"), *std::move(key), at("private_key_id"),
                         at("token_uri")};
  if (account.token_url.empty()) account.token_url = kTokenUrl;
  if (!account.token_url.starts_with("https://") && !account.token_url.starts_with("http://")) {
    return Bad("token_uri is no URL");
  }
  return account;
}

Result<std::string> SignTokenRequest(const ServiceAccount& account, int64_t now_seconds) {
  std::string header, claims;
  JsonWriter head(&header);
  head.BeginObject().Field("alg", "RS256").Field("typ", "JWT");
  if (!account.key_id.empty()) head.Field("kid", account.key_id);
  head.EndObject();
  JsonWriter(&claims)
      .BeginObject()
      .Field("iss", account.email)
      .Field("scope", kScope)
      .Field("aud", account.token_url)
      .Field("iat", now_seconds)
      .Field("exp", now_seconds + kClaimSeconds)
      .EndObject();
  std::string token = EncodeBase64(header, Base64::kUrlUnpadded);
  token.push_back('.');
  AppendBase64(&token, claims, Base64::kUrlUnpadded);
  TARN_TRY_ASSIGN(const std::string signature, account.key.Sign(token));
  token.push_back('.');
  AppendBase64(&token, signature, Base64::kUrlUnpadded);
  return token;
}

}  // namespace tarn::block::gs
