#include "auth/records.h"

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/hex.h"
#include "proto/auth.pb.h"
#include "proto/kv.pb.h"
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
  message.set_encrypted_password(user.encrypted_password);
  message.set_source(user.source);
  message.set_external_id(user.external_id);
  return records::Serialize(message);
}

Result<User> DecodeUser(std::string_view record) {
  model::UserData message;
  TARN_TRY(records::Parse(record, "user", &message));
  User user{message.username(),      records::GetTime(message.created_at()),
            message.friendly_name(), message.email(),
            message.source(),        message.external_id()};
  user.encrypted_password = message.encrypted_password();
  return user;
}

std::string EncodeKey(const SealedKey& key) {
  model::CredentialData message;
  message.set_access_key_id(key.access_key_id);
  message.set_secret_access_key_encrypted_bytes(key.sealed_secret);
  records::SetTime(key.issued, message.mutable_issued_date());
  message.set_user_id(key.username);
  if (key.user_created) records::SetTime(*key.user_created, message.mutable_user_created());
  return records::Serialize(message);
}

Result<SealedKey> DecodeKey(std::string_view record) {
  model::CredentialData message;
  TARN_TRY(records::Parse(record, "credential", &message));
  SealedKey key{message.access_key_id(), message.secret_access_key_encrypted_bytes(),
                records::GetTime(message.issued_date()), message.user_id()};
  if (message.has_user_created()) key.user_created = records::GetTime(message.user_created());
  return key;
}

std::string EncodeGroup(const Group& group) {
  model::GroupData message;
  records::SetTime(group.created, message.mutable_created_at());
  message.set_display_name(group.name);
  message.set_description(group.description);
  return records::Serialize(message);
}

Result<Group> DecodeGroup(std::string_view record) {
  model::GroupData message;
  TARN_TRY(records::Parse(record, "group", &message));
  return Group{message.display_name(), records::GetTime(message.created_at()),
               message.description()};
}

std::string EncodePolicy(const StoredPolicy& policy) {
  model::PolicyData message;
  records::SetTime(policy.created, message.mutable_created_at());
  message.set_display_name(policy.name);
  message.mutable_acl()->set_permission(policy.acl);
  if (policy.made) records::SetTime(*policy.made, message.mutable_made());
  for (const Statement& statement : policy.policy.statements) {
    model::StatementData& data = *message.add_statements();
    data.set_effect(statement.effect);
    data.set_resource(statement.resource);
    for (const std::string& action : statement.actions) data.add_action(action);
    for (const auto& [name, fields] : statement.conditions) {
      auto& operands = *(*data.mutable_condition())[name].mutable_fields();
      for (const auto& [field, values] : fields) {
        auto& list = *operands[field].mutable_values();
        list.Assign(values.begin(), values.end());
      }
    }
  }
  return records::Serialize(message);
}

Result<StoredPolicy> DecodePolicy(std::string_view record) {
  model::PolicyData message;
  TARN_TRY(records::Parse(record, "policy", &message));
  StoredPolicy policy{message.display_name(),
                      records::GetTime(message.created_at()),
                      {},
                      message.acl().permission()};
  if (message.has_made()) policy.made = records::GetTime(message.made());
  for (const model::StatementData& data : message.statements()) {
    Statement& statement = policy.policy.statements.emplace_back();
    statement.effect = data.effect();
    statement.resource = data.resource();
    statement.actions.assign(data.action().begin(), data.action().end());
    for (const auto& [name, operands] : data.condition()) {
      ConditionFields& fields = statement.conditions[name];
      for (const auto& [field, values] : operands.fields())
        fields[field].assign(values.values().begin(), values.values().end());
    }
  }
  return policy;
}

std::string EncodeLink(const Link& link) {
  ::io::treeverse::lakefs::kv::SecondaryIndex message;
  message.set_primary_key(link.target);
  if (link.owner_created) records::SetTime(*link.owner_created, message.mutable_owner_created());
  if (link.member_created) records::SetTime(*link.member_created, message.mutable_member_created());
  return records::Serialize(message);
}

Result<Link> DecodeLink(std::string_view record) {
  ::io::treeverse::lakefs::kv::SecondaryIndex message;
  TARN_TRY(records::Parse(record, "index", &message));
  Link link{message.primary_key()};
  if (message.has_owner_created()) link.owner_created = records::GetTime(message.owner_created());
  if (message.has_member_created())
    link.member_created = records::GetTime(message.member_created());
  return link;
}

std::string MembersPrefix(std::string_view group) { return fmt::format("gUsers/{}/users/", group); }

std::string AttachedPrefix(Directory::Holder kind, std::string_view holder) {
  return fmt::format("{}/{}/policies/",
                     kind == Directory::Holder::kUser ? "uPolicies" : "gPolicies", holder);
}

std::string EncodePrincipal(const PrincipalRecord& record) {
  model::ExternalPrincipalData message;
  message.set_id(record.principal.id);
  message.set_username(record.principal.username);
  records::SetTime(record.user_created, message.mutable_user_created());
  return records::Serialize(message);
}

Result<PrincipalRecord> DecodePrincipal(std::string_view record) {
  model::ExternalPrincipalData message;
  TARN_TRY(records::Parse(record, "external principal", &message));
  return PrincipalRecord{{message.id(), message.username()},
                         records::GetTime(message.user_created())};
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

std::string ClaimedKey(std::string_view token_id) {
  return fmt::format("{}{}", kClaimedPrefix, ToHex(AsView(Sha256(token_id))));
}

std::string EncodeClaimed(std::string_view token_id, int64_t expires_seconds) {
  model::TokenData message;
  message.set_token_id(std::string(token_id));
  message.mutable_expired_at()->set_seconds(expires_seconds);
  return records::Serialize(message);
}

Result<int64_t> DecodeTokenExpiry(std::string_view record) {
  model::TokenData message;
  TARN_TRY(records::Parse(record, "token that was logged out", &message));
  return message.expired_at().seconds();
}

}  // namespace tarn::auth
