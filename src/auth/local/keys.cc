#include "auth/local/local_directory.h"
#include "auth/policy_check.h"

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
    if (!IsOf(key.user_created, user.created)) return std::optional<SealedKey>();
    return std::optional(std::move(key));
  };
  return records::ListRecords<SealedKey>(kv_, kPartition, NamedCredentialsPrefix(username), request,
                                         decode);
}

// The index first: it makes the id the user's alone. It may be left of a key that was never written
// or is gone; then it leads nowhere, and the id is free.
Status LocalDirectory::CreateKey(const SealedKey& key) {
  TARN_TRY(CheckName(key.access_key_id));
  TARN_TRY_ASSIGN(const User user, NeedUser(key.username));
  const std::string record_key = KeyOf(key.username, key.access_key_id);
  const std::string index_key = records::Key(kKeyIndexPrefix, key.access_key_id);
  const auto claim =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (found) {
      TARN_TRY_ASSIGN(const Link link, DecodeLink(*found));
      TARN_TRY_ASSIGN(const auto other, FindKeyAt(link.target));
      if (other) {
        TARN_TRY_ASSIGN(const auto owner, FindUser(other->username));
        if (owner && IsKeyOf(*other, *owner)) return kTaken.ToStatus();
      }
    }
    return std::optional(EncodeLink({record_key}));
  };
  TARN_TRY(records::UpdateRecord(kv_, random_, kPartition, index_key, "key", claim));
  SealedKey sealed = key;
  sealed.user_created = user.created;
  TARN_TRY(kv_.Set(kPartition, record_key, EncodeKey(sealed)));
  Changed();
  return {};
}

Status LocalDirectory::DeleteKey(std::string_view username, std::string_view access_key_id) {
  TARN_TRY(GetKey(username, access_key_id));
  TARN_TRY(CheckNotLast(username, access_key_id));
  const std::string record_key = KeyOf(username, access_key_id);
  TARN_TRY(kv_.Delete(kPartition, record_key));
  Changed();
  return records::RemoveIfStill(kv_, kPartition, records::Key(kKeyIndexPrefix, access_key_id),
                                EncodeLink({record_key}));
}

Status LocalDirectory::Prepare() {
  constexpr std::string_view kAllKeys = "uCredentials/";
  return records::ForEachRecord(
      kv_, kPartition, kAllKeys, [&](std::string_view key, std::string_view bytes) -> Status {
        TARN_TRY_ASSIGN(const SealedKey sealed, DecodeKey(bytes));
        Status indexed = kv_.SetIf(kPartition, records::Key(kKeyIndexPrefix, sealed.access_key_id),
                                   EncodeLink({std::string(key)}), kv::Predicate::Absent());
        return indexed.code() == Code::kPredicateFailed ? Status() : indexed;
      });
}

}  // namespace tarn::auth
