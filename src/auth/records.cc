#include "auth/records.h"

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/hex.h"
#include "proto/auth.pb.h"
#include "records/message.h"

namespace tarn::auth {
namespace model = ::io::treeverse::lakefs::auth::model;

std::string NamedCredentialsPrefix(std::string_view username) {
  return fmt::format("uCredentials/{}/credentials/", username);
}

std::string EncodeUser(const User& user) {
  model::UserData message;
  records::SetTime(user.created, message.mutable_created_at());
  message.set_username(user.username);
  message.set_friendly_name(user.friendly_name);
  message.set_email(user.email);
  message.set_source(user.source);
  message.set_external_id(user.external_id);
  return records::Serialize(message);
}

Result<User> DecodeUser(std::string_view record) {
  model::UserData message;
  TARN_TRY(records::Parse(record, "user", &message));
  return User{message.username(),      records::GetTime(message.created_at()),
              message.friendly_name(), message.email(),
              message.source(),        message.external_id()};
}

std::string EncodeCredential(const CredentialRecord& credential) {
  model::CredentialData message;
  message.set_access_key_id(credential.access_key_id);
  message.set_secret_access_key_encrypted_bytes(credential.sealed_secret);
  records::SetTime(credential.issued, message.mutable_issued_date());
  message.set_user_id(credential.username);
  return records::Serialize(message);
}

Result<CredentialRecord> DecodeCredential(std::string_view record) {
  model::CredentialData message;
  TARN_TRY(records::Parse(record, "credential", &message));
  return CredentialRecord{message.access_key_id(), message.secret_access_key_encrypted_bytes(),
                          records::GetTime(message.issued_date()), message.user_id()};
}

namespace {

// What is signed of a token: its text without the signature, which can be written in more ways.
std::string TokenId(std::string_view token) {
  return ToHex(AsView(Sha256(token.substr(0, token.rfind('.')))));
}

}  // namespace

std::string RevokedKey(std::string_view token, int64_t expires_seconds) {
  return fmt::format("{}{:020}/{}", kRevokedPrefix, expires_seconds, TokenId(token));
}

std::string EncodeRevoked(std::string_view token, int64_t expires_seconds) {
  model::TokenData message;
  message.set_token_id(TokenId(token));
  message.mutable_expired_at()->set_seconds(expires_seconds);
  return records::Serialize(message);
}

Result<int64_t> DecodeRevokedExpiry(std::string_view record) {
  model::TokenData message;
  TARN_TRY(records::Parse(record, "token that was logged out", &message));
  return message.expired_at().seconds();
}

}  // namespace tarn::auth
