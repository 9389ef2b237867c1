// Keys and records of users and credentials in the KV (docs/formats/kv.md). Level 7; pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "auth/service.h"
#include "records/layout.h"

namespace tarn::auth {

using records::kBasicPartition;
inline constexpr std::string_view kUserKey = "users/superAdmin";
inline constexpr std::string_view kCredentialsPrefix = "uCredentials/superAdmin/credentials/";

using records::kAuthPartition;
inline constexpr std::string_view kInstallationIdKey = "installation_id";
inline constexpr std::string_view kMetadataPrefix = "installation_metadata/";

/// Users and keys that the reference kept with groups and policies, by name and by owner.
inline constexpr std::string_view kNamedUsersPrefix = "users/";
std::string NamedCredentialsPrefix(std::string_view username);

std::string EncodeUser(const User& user);
/// kCorrupt when the bytes are no UserData.
Result<User> DecodeUser(std::string_view record);

/// A credential as stored: the secret is still sealed.
struct CredentialRecord {
  std::string access_key_id;
  std::string sealed_secret;
  Timestamp issued;
  std::string username;
};
std::string EncodeCredential(const CredentialRecord& credential);
/// kCorrupt when the bytes are no CredentialData.
Result<CredentialRecord> DecodeCredential(std::string_view record);

/// Tokens that were logged out. The expiry comes first in the key, so that those whose time is over
/// stand together at the beginning.
inline constexpr std::string_view kRevokedPrefix = "expiredTokens/";
std::string RevokedKey(std::string_view token, int64_t expires_seconds);
std::string EncodeRevoked(std::string_view token, int64_t expires_seconds);
/// The second at which the token of a record expires. kCorrupt when the bytes are no TokenData.
Result<int64_t> DecodeRevokedExpiry(std::string_view record);

}  // namespace tarn::auth
