#include "auth/local/local_directory.h"
#include "auth/policy_check.h"
#include "base/log.h"

namespace tarn::auth {
namespace {

std::string KeyOf(std::string_view username, std::string_view access_key_id) {
  return records::Key(NamedCredentialsPrefix(username), access_key_id);
}

}  // namespace

Result<std::optional<SealedKey>> LocalDirectory::FindKeyAt(std::string_view record_key) {
  TARN_TRY_ASSIGN(const auto bytes, kv_.Get(kPartition, record_key));
  if (!bytes) return std::optional<SealedKey>();
  TARN_TRY_ASSIGN(SealedKey key, DecodeKey(*bytes));
  return std::optional(std::move(key));
}

Result<std::optional<SealedKey>> LocalDirectory::FindKey(std::string_view access_key_id) {
  TARN_TRY_ASSIGN(const auto index,
                  kv_.Get(kPartition, records::Key(kKeyIndexPrefix, access_key_id)));
  if (!index) return std::optional<SealedKey>();
  TARN_TRY_ASSIGN(const Link link, DecodeLink(*index));
  return FindKeyAt(link.target);
}

Result<Page<SealedKey>> LocalDirectory::ListKeys(std::string_view username,
                                                 const PageRequest& request) {
  TARN_TRY_ASSIGN(const User user, NeedUser(username));
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<SealedKey>> {
    TARN_TRY_ASSIGN(SealedKey key, DecodeKey(bytes));
    if (key.user_created != user.created) return std::optional<SealedKey>();
    return std::optional(std::move(key));
  };
  return OwnPage(records::ListRecords<SealedKey>(kv_, kPartition, NamedCredentialsPrefix(username),
                                                 request, decode));
}

Status LocalDirectory::ClaimKeyId(const std::string& record_key, const SealedKey& key) {
  const auto claim =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    const std::string own = EncodeLink({record_key, key.user_created});
    if (found == own) return std::optional<std::string>();
    if (found) {
      TARN_TRY_ASSIGN(const Link link, DecodeLink(*found));
      TARN_TRY_ASSIGN(const auto other, FindKeyAt(link.target));
      if (other && link.target != record_key) {
        TARN_TRY_ASSIGN(const auto owner, FindUser(other->username));
        if (owner && IsKeyOf(*other, *owner)) return kTaken.ToStatus();
      }
    }
    return std::optional(own);
  };
  return records::UpdateRecord(kv_, random_, kPartition,
                               records::Key(kKeyIndexPrefix, key.access_key_id), "key", claim);
}

// The record first: who claims an id then sees everybody who has claimed it before, so that of two
// at the same time one is told. The id is free where the index leads nowhere.
Status LocalDirectory::CreateKey(const SealedKey& key) {
  TARN_TRY(CheckName(key.access_key_id));
  TARN_TRY_ASSIGN(const User user, NeedUser(key.username));
  const std::string record_key = KeyOf(key.username, key.access_key_id);
  SealedKey sealed = key;
  sealed.user_created = user.created;
  const std::string record = EncodeKey(sealed);
  const auto write =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return std::optional(record);
    TARN_TRY_ASSIGN(const SealedKey there, DecodeKey(*found));
    if (!IsKeyOf(there, user)) return std::optional(record);
    // Perhaps it was made by a server that died before the claim.
    if (there.user_created)
      IgnoreError(ClaimKeyId(record_key, there), "the id is another user's, or claimed next time");
    return kTaken.ToStatus();
  };
  TARN_TRY(records::UpdateRecord(kv_, random_, kPartition, record_key, "key", write));
  // An id that opens nothing is not remembered anywhere.
  Status claimed = ClaimKeyId(record_key, sealed);
  if (!claimed.ok()) {
    IgnoreError(records::RemoveIfStill(kv_, kPartition, record_key, record),
                "the first failure is reported");
  }
  return claimed;
}

Status LocalDirectory::DeleteKey(std::string_view username, std::string_view access_key_id) {
  TARN_TRY_ASSIGN(const SealedKey deleted, GetKey(username, access_key_id));
  TARN_TRY(CheckNotLast(username, access_key_id));
  const std::string record_key = KeyOf(username, access_key_id);
  TARN_TRY(kv_.Delete(kPartition, record_key));
  Changed();
  return records::RemoveIfStill(kv_, kPartition, records::Key(kKeyIndexPrefix, access_key_id),
                                EncodeLink({record_key, deleted.user_created}));
}

// A key that is older than its user was somebody else's, of that name.
Status LocalDirectory::NoteKeyOwner(std::string_view key, std::string_view bytes) {
  TARN_TRY_ASSIGN(SealedKey sealed, DecodeKey(bytes));
  if (sealed.user_created) return {};
  TARN_TRY_ASSIGN(const auto user, FindUser(sealed.username));
  if (!user || sealed.issued < user->created) return {};
  sealed.user_created = user->created;
  const Status indexed =
      kv_.SetIf(kPartition, records::Key(kKeyIndexPrefix, sealed.access_key_id),
                EncodeLink({std::string(key), user->created}), kv::Predicate::Absent());
  if (indexed.code() != Code::kPredicateFailed) TARN_TRY(indexed);
  const Status noted =
      kv_.SetIf(kPartition, key, EncodeKey(sealed), kv::Predicate::Equals(std::string(bytes)));
  return noted.code() == Code::kPredicateFailed ? Status() : noted;
}

Result<bool> LocalDirectory::NoteTarget(Link* link) {
  const std::string_view target = link->target;
  if (target.starts_with(kUsers.prefix)) {
    TARN_TRY_ASSIGN(const auto user, FindUser(target.substr(kUsers.prefix.size())));
    if (user) link->member_created = user->created;
    return user.has_value();
  }
  if (!target.starts_with(kPolicies.prefix)) return false;
  TARN_TRY_ASSIGN(const auto policy, records::Find(kv_, kPolicies, kPartition,
                                                   target.substr(kPolicies.prefix.size())));
  if (policy) link->member_created = policy->made;
  return policy.has_value();
}

template <class T>
Status LocalDirectory::NoteMembers(const records::Kind<T>& owners, Holder kind) {
  const auto note = [&](Timestamp owner_created) {
    return [this, owner_created](std::string_view key, std::string_view bytes) -> Status {
      TARN_TRY_ASSIGN(Link link, DecodeLink(bytes));
      if (link.owner_created) return {};
      link.owner_created = owner_created;
      TARN_TRY_ASSIGN(const bool is_there, NoteTarget(&link));
      if (!is_there) return {};
      const Status noted =
          kv_.SetIf(kPartition, key, EncodeLink(link), kv::Predicate::Equals(std::string(bytes)));
      return noted.code() == Code::kPredicateFailed ? Status() : noted;
    };
  };
  return records::ForEachRecord(
      kv_, kPartition, owners.prefix, [&](std::string_view key, std::string_view bytes) -> Status {
        const std::string_view name = key.substr(owners.prefix.size());
        TARN_TRY_ASSIGN(const T owner, owners.decode(bytes));
        TARN_TRY(records::ForEachRecord(kv_, kPartition, AttachedPrefix(kind, name),
                                        note(owner.created)));
        if (kind == Holder::kUser) return {};
        return records::ForEachRecord(kv_, kPartition, MembersPrefix(name), note(owner.created));
      });
}

Status LocalDirectory::Prepare() {
  constexpr std::string_view kAllKeys = "uCredentials/";
  TARN_TRY(records::ForEachRecord(
      kv_, kPartition, kAllKeys,
      [&](std::string_view key, std::string_view bytes) { return NoteKeyOwner(key, bytes); }));
  TARN_TRY(records::ForEachRecord(
      kv_, kPartition, kUsers.prefix, [&](std::string_view, std::string_view bytes) -> Status {
        TARN_TRY_ASSIGN(const User user, DecodeUser(bytes));
        if (user.external_id.empty() || user.external_id.size() > kExternalIdBytesMax) return {};
        const Status claimed = ClaimExternalId(user);
        if (claimed.code() != kTaken.code) return claimed;
        TARN_LOG_WARN("user {} has the external id of another user and cannot sign in by it",
                      user.username);
        return {};
      }));
  TARN_TRY(NoteMembers(kUsers, Holder::kUser));
  return NoteMembers(kGroups, Holder::kGroup);
}

}  // namespace tarn::auth
