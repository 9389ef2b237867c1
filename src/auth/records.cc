#include "auth/records.h"

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/hex.h"
#include "proto/auth.pb.h"

namespace tarn::auth {
namespace {

namespace model = ::io::treeverse::lakefs::auth::model;

template <class Message>
Result<Message> Parse(std::string_view record, const char* what) {
  Message message;
  if (!message.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
    return Status(Code::kCorrupt, std::string("damaged record of a ") + what);
  }
  return message;
}

void SetTime(google::protobuf::Timestamp* out, Timestamp time) {
  out->set_seconds(time.seconds);
  out->set_nanos(time.nanos);
}

Timestamp GetTime(const google::protobuf::Timestamp& time) {
  return {time.seconds(), time.nanos()};
}

}  // namespace

std::string EncodeUser(const User& user) {
  model::UserData message;
  SetTime(message.mutable_created_at(), user.created);
  message.set_username(user.username);
  message.set_friendly_name(user.friendly_name);
  message.set_email(user.email);
  message.set_source(user.source);
  message.set_external_id(user.external_id);
  return message.SerializeAsString();
}

Result<User> DecodeUser(std::string_view record) {
  TARN_TRY_ASSIGN(const model::UserData message, Parse<model::UserData>(record, "user"));
  return User{message.username(),      GetTime(message.created_at()),
              message.friendly_name(), message.email(),
              message.source(),        message.external_id()};
}

std::string EncodeCredential(const CredentialRecord& credential) {
  model::CredentialData message;
  message.set_access_key_id(credential.access_key_id);
  message.set_secret_access_key_encrypted_bytes(credential.sealed_secret);
  SetTime(message.mutable_issued_date(), credential.issued);
  message.set_user_id(credential.username);
  return message.SerializeAsString();
}

Result<CredentialRecord> DecodeCredential(std::string_view record) {
  TARN_TRY_ASSIGN(const model::CredentialData message,
                  Parse<model::CredentialData>(record, "credential"));
  return CredentialRecord{message.access_key_id(), message.secret_access_key_encrypted_bytes(),
                          GetTime(message.issued_date()), message.user_id()};
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
  return message.SerializeAsString();
}

Result<int64_t> DecodeRevokedExpiry(std::string_view record) {
  TARN_TRY_ASSIGN(const model::TokenData message,
                  Parse<model::TokenData>(record, "token that was logged out"));
  return message.expired_at().seconds();
}

}  // namespace tarn::auth
