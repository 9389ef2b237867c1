// Keys and records of users, groups, policies and keys in the KV (docs/formats/kv.md). Level 7;
// pure functions.
#pragma once

#include <string>
#include <string_view>

#include "auth/directory.h"
#include "records/kind.h"
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
std::string EncodeKey(const SealedKey& key);
/// kCorrupt when the bytes are no CredentialData.
Result<SealedKey> DecodeKey(std::string_view record);
std::string EncodeGroup(const Group& group);
Result<Group> DecodeGroup(std::string_view record);
std::string EncodePolicy(const StoredPolicy& policy);
Result<StoredPolicy> DecodePolicy(std::string_view record);

inline constexpr records::Refusal kMissing = {Code::kNotFound, "not found"};
inline constexpr records::Refusal kTaken = {Code::kAlreadyExists, "already exists"};
inline constexpr std::string_view kGroupsPrefix = "groups/", kPoliciesPrefix = "policies/";
inline constexpr records::Kind<User> kUsers = {.prefix = kNamedUsersPrefix,
                                               .encode = &EncodeUser,
                                               .decode = &DecodeUser,
                                               .what = "user",
                                               .missing = {Code::kUserNotFound, "user not found"},
                                               .taken = kTaken};
inline constexpr records::Kind<Group> kGroups = {.prefix = kGroupsPrefix,
                                                 .encode = &EncodeGroup,
                                                 .decode = &DecodeGroup,
                                                 .what = "group",
                                                 .missing = {Code::kNotFound, "group not found"},
                                                 .taken = kTaken};
inline constexpr records::Kind<StoredPolicy> kPolicies = {
    .prefix = kPoliciesPrefix,
    .encode = &EncodePolicy,
    .decode = &DecodePolicy,
    .what = "policy",
    .missing = {Code::kNotFound, "policy not found"},
    .taken = kTaken};

/// Ties a record to others: a group to a user, a user or group to a policy, an id to a key. It lies
/// below the name of its owner.
struct Link {
  std::string target;  ///< Key of the record it leads to.
  /// When both ends were made: it ties no later ones of those names. Links of the reference note
  /// nothing, and tie nothing until LocalDirectory::Prepare has noted it.
  std::optional<Timestamp> owner_created = {}, member_created = {};
};
std::string EncodeLink(const Link& link);
Result<Link> DecodeLink(std::string_view record);
/// Of "gUsers/<group>/users/".
std::string MembersPrefix(std::string_view group);
/// Of "uPolicies/<user>/policies/" and "gPolicies/<group>/policies/".
std::string AttachedPrefix(Directory::Holder kind, std::string_view holder);
/// Leads from an access key id to the key, whoever's it is. Not of the reference, which looks
/// through all users.
inline constexpr std::string_view kKeyIndexPrefix = "tarn-keys/";

/// Leads from an external id to its user. Not of the reference either.
inline constexpr std::string_view kExternalIdIndexPrefix = "tarn-external-ids/";
/// Longest id of another service: fits a key of any store.
inline constexpr size_t kExternalIdBytesMax = 900;

/// An external principal, and when its user was made.
struct PrincipalRecord {
  ExternalPrincipal principal;
  Timestamp user_created;
};
std::string EncodePrincipal(const PrincipalRecord& record);
Result<PrincipalRecord> DecodePrincipal(std::string_view record);
inline constexpr records::Kind<PrincipalRecord> kPrincipals = {.prefix = "tarn-principals/",
                                                               .encode = &EncodePrincipal,
                                                               .decode = &DecodePrincipal,
                                                               .what = "external principal",
                                                               .missing = kMissing,
                                                               .taken = kTaken};

/// Tokens that were logged out. The expiry comes first in the key, so that those whose time is over
/// stand together at the beginning.
inline constexpr std::string_view kRevokedPrefix = "expiredTokens/";
std::string RevokedKey(std::string_view token, int64_t expires_seconds);
std::string EncodeRevoked(std::string_view token, int64_t expires_seconds);
/// Tokens that may be used once, and were. They stand behind those that were logged out.
inline constexpr std::string_view kClaimedPrefix = "expiredTokens/claimed/";
std::string ClaimedKey(std::string_view token_id);
std::string EncodeClaimed(std::string_view token_id, int64_t expires_seconds);
/// The second at which the token of a record expires. kCorrupt when the bytes are no TokenData.
Result<int64_t> DecodeTokenExpiry(std::string_view record);

}  // namespace tarn::auth
