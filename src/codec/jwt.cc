#include "codec/jwt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <span>

#include "codec/base64.h"
#include "codec/json.h"

namespace tarn {
namespace {

struct Algorithm {
  std::string_view name;
  const EVP_MD* (*digest)();
};
constexpr std::array<Algorithm, 3> kAlgorithms = {
    {{"HS256", EVP_sha256}, {"HS384", EVP_sha384}, {"HS512", EVP_sha512}}};

std::string Sign(const Algorithm& algorithm, std::string_view key, std::string_view text) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  HMAC(algorithm.digest(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  mac.resize(size);
  return mac;
}

// One part of a token as a JSON object; null if it is none.
Json DecodePart(std::string_view part) {
  const auto text = DecodeBase64(part, Base64::kUrlUnpadded);
  if (!text) return Json();
  auto json = ParseJson(*text, {.depth_max = 32, .trailing = JsonTrailing::kRefuse});
  return json.ok() && json->is_object() ? *std::move(json) : Json();
}

// A text claim: absent is fine, another type is not.
bool ReadText(const Json& claims, std::string_view name, std::string* out) {
  const Json* value = claims.Find(name);
  if (value == nullptr || value->is_null()) return true;
  if (!value->is_string()) return false;
  *out = value->string();
  return true;
}

bool ReadSeconds(const Json& claims, std::string_view name, int64_t* out) {
  const Json* value = claims.Find(name);
  if (value == nullptr || value->is_null()) return true;
  const auto seconds = value->AsInt64();
  if (!seconds) return false;
  *out = *seconds;
  return true;
}

Status InvalidToken() { return {Code::kUnauthenticated, "invalid token"}; }

// The payload of a token that is signed with one of the algorithms.
Result<Json> VerifiedPayload(std::string_view token, std::string_view key,
                             std::span<const Algorithm> algorithms) {
  if (token.size() > kJwtBytesMax) return InvalidToken();
  const size_t first = token.find('.');
  const size_t second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos ||
      token.find('.', second + 1) != std::string_view::npos) {
    return InvalidToken();
  }
  const Json header = DecodePart(token.substr(0, first));
  const auto name = header.StringAt("alg");
  const Algorithm* algorithm = nullptr;
  for (const Algorithm& candidate : algorithms) {
    if (name == candidate.name) algorithm = &candidate;
  }
  if (algorithm == nullptr) return InvalidToken();
  const auto mac = DecodeBase64(token.substr(second + 1), Base64::kUrlUnpadded);
  const std::string wanted = Sign(*algorithm, key, token.substr(0, second));
  if (!mac || mac->size() != wanted.size() ||
      CRYPTO_memcmp(mac->data(), wanted.data(), wanted.size()) != 0) {
    return InvalidToken();
  }
  return DecodePart(token.substr(first + 1, second - first - 1));
}

// All claims but the audience.
Result<JwtClaims> ReadClaims(const Json& payload, int64_t now_seconds) {
  JwtClaims claims;
  if (!payload.is_object() || !ReadText(payload, "jti", &claims.id) ||
      !ReadText(payload, "iss", &claims.issuer) || !ReadText(payload, "sub", &claims.subject) ||
      !ReadText(payload, "user_created", &claims.user_created) ||
      !ReadSeconds(payload, "iat", &claims.issued_seconds) ||
      !ReadSeconds(payload, "exp", &claims.expires_seconds) ||
      claims.expires_seconds <= now_seconds) {
    return InvalidToken();
  }
  return claims;
}

bool IsAudience(const Json& value, std::string_view audience) {
  return value.is_string() && value.string() == audience;
}

}  // namespace

std::string SignJwt(const JwtClaims& claims, std::string_view key) {
  std::string payload;
  JsonWriter json(&payload);
  json.BeginObject()
      .Field("jti", claims.id)
      .Field("iss", claims.issuer)
      .Field("sub", claims.subject)
      .Field("aud", claims.audience)
      .Field("iat", claims.issued_seconds)
      .Field("exp", claims.expires_seconds);
  if (!claims.user_created.empty()) json.Field("user_created", claims.user_created);
  json.EndObject();
  return SignJwtPayload(payload, key);
}

std::string SignJwtPayload(std::string_view payload, std::string_view key) {
  std::string token = EncodeBase64(R"({"alg":"HS256","typ":"JWT"})", Base64::kUrlUnpadded);
  token += '.';
  AppendBase64(&token, payload, Base64::kUrlUnpadded);
  const std::string mac = Sign(kAlgorithms[0], key, token);
  token += '.';
  AppendBase64(&token, mac, Base64::kUrlUnpadded);
  return token;
}

Result<JwtClaims> VerifyJwt(std::string_view token, std::string_view key, int64_t now_seconds) {
  TARN_TRY_ASSIGN(const Json payload, VerifiedPayload(token, key, kAlgorithms));
  TARN_TRY_ASSIGN(JwtClaims claims, ReadClaims(payload, now_seconds));
  if (!ReadText(payload, "aud", &claims.audience)) return InvalidToken();
  return claims;
}

Result<JwtClaims> VerifyServiceJwt(std::string_view token, std::string_view key,
                                   int64_t now_seconds, std::string_view audience) {
  TARN_TRY_ASSIGN(const Json payload, VerifiedPayload(token, key, std::span(kAlgorithms).first(1)));
  TARN_TRY_ASSIGN(JwtClaims claims, ReadClaims(payload, now_seconds));
  const Json* const meant = payload.Find("aud");
  const bool is_meant =
      meant != nullptr &&
      (IsAudience(*meant, audience) ||
       (meant->is_array() &&
        std::any_of(meant->items().begin(), meant->items().end(),
                    [&](const Json& item) { return IsAudience(item, audience); })));
  int64_t not_before = 0;
  if (!is_meant || claims.subject.empty() || !ReadSeconds(payload, "nbf", &not_before) ||
      not_before > now_seconds) {
    return InvalidToken();
  }
  claims.audience = audience;
  return claims;
}

}  // namespace tarn
