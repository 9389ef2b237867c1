#include "auth/basic_directory.h"

#include "auth/claim_user.h"
#include "auth/policy_check.h"
#include "auth/records.h"

namespace tarn::auth {

Result<std::optional<User>> BasicDirectory::TheUser() {
  TARN_TRY_ASSIGN(const auto record, kv_.Get(kBasicPartition, kUserKey));
  if (!record) return std::optional<User>();
  TARN_TRY_ASSIGN(User user, DecodeUser(*record));
  return std::optional<User>(std::move(user));
}

Result<std::optional<User>> BasicDirectory::FindUser(std::string_view username) {
  TARN_TRY_ASSIGN(auto user, TheUser());
  if (user && user->username != username) user.reset();
  return user;
}

Result<std::optional<SealedKey>> BasicDirectory::FindKey(std::string_view access_key_id) {
  TARN_TRY_ASSIGN(const auto record,
                  kv_.Get(kBasicPartition, records::Key(kCredentialsPrefix, access_key_id)));
  if (!record) return std::optional<SealedKey>();
  TARN_TRY_ASSIGN(SealedKey key, DecodeKey(*record));
  return std::optional(std::move(key));
}

Status BasicDirectory::WriteKey(const SealedKey& key) {
  return kv_.Set(kBasicPartition, records::Key(kCredentialsPrefix, key.access_key_id),
                 EncodeKey(key));
}

// A new one has the key before there is a user: without one it opens nothing, so that a crash in
// between leaves nothing half done. Who replaces another must take that one's keys first.
Status BasicDirectory::CreateAdministrator(const User& user, const SealedKey& key, Claim claim) {
  TARN_TRY(CheckName(user.username));
  if (claim == Claim::kNew) {
    TARN_TRY_ASSIGN(const auto existing, TheUser());
    if (existing) return kTaken.ToStatus();
    TARN_TRY(WriteKey(key));
    Status made = ClaimUser(kv_, kBasicPartition, kUserKey, user, claim);
    Changed();
    return made;
  }
  TARN_TRY(ClaimUser(kv_, kBasicPartition, kUserKey, user, claim));
  Status written = kv_.Drop(kBasicPartition, kCredentialsPrefix);
  if (written.ok()) written = WriteKey(key);
  if (!written.ok())
    IgnoreError(kv_.Delete(kBasicPartition, kUserKey), "the first failure is reported");
  Changed();
  return written;
}

Result<Page<User>> BasicDirectory::ListUsers(const PageRequest&) {
  Page<User> page;
  TARN_TRY_ASSIGN(auto user, TheUser());
  if (user) page.items.push_back(*std::move(user));
  return page;
}

Status BasicDirectory::CreateUser(const User& user) {
  if (user.username.empty()) return CheckName(user.username);
  return kTaken.ToStatus();  // There is one user, and no second.
}

Status BasicDirectory::DeleteUser(std::string_view username) {
  TARN_TRY_ASSIGN(const auto user, FindUser(username));
  if (!user) return kUsers.missing.ToStatus();
  TARN_TRY(kv_.Drop(kBasicPartition, kCredentialsPrefix));
  TARN_TRY(kv_.Delete(kBasicPartition, kUserKey));
  Changed();
  return {};
}

Status BasicDirectory::CreateKey(const SealedKey& key) {
  TARN_TRY_ASSIGN(const auto user, FindUser(key.username));
  if (!user) return kMissing.ToStatus();
  TARN_TRY_ASSIGN(const auto existing, kv_.Scan(kBasicPartition, kCredentialsPrefix));
  TARN_TRY(existing->Seek(kCredentialsPrefix));
  if (existing->Valid()) {
    return {Code::kInvalidRequest, "exceeded number of allowed credentials: invalid request"};
  }
  TARN_TRY(WriteKey(key));
  Changed();
  return {};
}

}  // namespace tarn::auth
