#include "authserver/answers.h"
#include "authserver/handlers.h"

namespace tarn::authserver {
namespace {

// Clients cannot sign with others.
constexpr size_t kKeyIdBytesMin = 3, kKeyIdBytesMax = 20;
constexpr size_t kSecretBytesMax = 256;

void WriteKey(JsonWriter* json, const auth::SealedKey& key) {
  json->BeginObject().Field("access_key_id", key.access_key_id);
  json->Field("creation_date", key.issued.seconds).EndObject();
}

http::Response AnswerWithSecret(int status, const auth::Credentials& key,
                                std::string_view username) {
  serving::JsonBuilder json;
  json.writer.BeginObject().Field("access_key_id", key.access_key_id);
  json.writer.Field("creation_date", key.issued.seconds);
  json.writer.Field("secret_access_key", key.secret_access_key);
  json.writer.Field("user_id", 0).Field("user_name", username).EndObject();
  return std::move(json).Answer(status);
}

/// The pair that the caller has chosen; nothing if there is none.
Result<std::optional<auth::Credentials>> GivenKey(const Call& call) {
  auto id = call.Query("access_key"), secret = call.Query("secret_key");
  if (!id && !secret) return std::optional<auth::Credentials>();
  if (!id || !secret)
    return Status(Code::kInvalidRequest, "access_key and secret_key: both or none");
  if (id->size() < kKeyIdBytesMin || id->size() > kKeyIdBytesMax)
    return Status(Code::kInvalidRequest, "invalid access key ID");
  if (secret->empty() || secret->size() > kSecretBytesMax)
    return Status(Code::kInvalidRequest, "invalid secret access key");
  return std::optional(auth::Credentials{*std::move(id), *std::move(secret), {}});
}

}  // namespace

Result<http::Response> ListCredentials(Call& call) {
  TARN_TRY_ASSIGN(const auth::PageRequest request, call.Page());
  TARN_TRY_ASSIGN(const auto page, call.directory().ListKeys(call.UserName(), request));
  return AnswerPage(page, &auth::SealedKey::access_key_id, &WriteKey);
}

Result<http::Response> CreateCredentials(Call& call) {
  TARN_TRY_ASSIGN(auto given, GivenKey(call));
  TARN_TRY_ASSIGN(const auth::Credentials made,
                  call.auth().CreateCredentials(call.UserName(), std::move(given)));
  return AnswerWithSecret(201, made, call.UserName());
}

Result<http::Response> GetUserCredentials(Call& call) {
  TARN_TRY_ASSIGN(const auth::SealedKey key,
                  call.directory().GetKey(call.UserName(), call.Name("accessKeyId")));
  return AnswerOne(200, key, &WriteKey);
}

Result<http::Response> DeleteCredentials(Call& call) {
  TARN_TRY(call.directory().DeleteKey(call.UserName(), call.Name("accessKeyId")));
  return serving::EmptyAnswer(204);
}

Result<http::Response> GetCredentials(Call& call) {
  const std::string_view id = call.Name("accessKeyId");
  TARN_TRY_ASSIGN(const auto found, call.auth().FindKey(id));
  if (!found) return Status(Code::kNotFound, "credentials not found");
  return AnswerWithSecret(200, {std::string(id), found->secret_access_key, found->issued},
                          found->user.username);
}

}  // namespace tarn::authserver
