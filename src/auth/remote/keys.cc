#include "auth/remote/documents.h"
#include "auth/remote/remote_directory.h"
#include "auth/remote/remote_list.h"

namespace tarn::auth {
namespace {

constexpr records::Refusal kNoKey = {Code::kNotFound, "credentials not found"};

}  // namespace

Result<Credentials> OpenedKey(const SealedKey& key) {
  if (!key.open_secret) return Status(Code::kInternal, "a sealed key cannot be given away");
  return Credentials{key.access_key_id, *key.open_secret, key.issued};
}

Result<std::optional<SealedKey>> RemoteDirectory::FindKey(std::string_view access_key_id) {
  if (auto known = keys_.Find(access_key_id)) return known;
  const uint64_t generation = keys_.generation();
  const auto document = client_.Read({.path = RemotePath({"auth", "credentials", access_key_id})});
  if (document.code() == kMissing.code) return std::optional<SealedKey>();
  if (!document.ok()) return AsOutage(document.status());
  TARN_TRY_ASSIGN(RemoteKey found, ReadRemoteKey(*document));
  if (found.credentials.access_key_id != access_key_id)
    return Status(Code::kIo, "the authorization server speaks of another key");
  if (found.username.empty()) {
    if (found.user_number == 0)
      return Status(Code::kIo, "the authorization server does not say whose a key is");
    TARN_TRY_ASSIGN(const auto user, FindOne("id", std::to_string(found.user_number)));
    if (!user) return std::optional<SealedKey>();
    found.username = user->username;
  }
  SealedKey key{.access_key_id = std::move(found.credentials.access_key_id),
                .sealed_secret = "",
                .issued = found.credentials.issued,
                .username = std::move(found.username),
                .open_secret = std::move(found.credentials.secret_access_key)};
  keys_.Insert(access_key_id, key, generation);
  return std::optional(std::move(key));
}

Result<Page<SealedKey>> RemoteDirectory::ListKeys(std::string_view username,
                                                  const PageRequest& request) {
  return ReadRemoteList(client_, {.path = RemotePath({"auth", "users", username, "credentials"})},
                        request, &ReadListedKey);
}

Result<Credentials> RemoteDirectory::IssueKey(std::string_view username,
                                              const std::optional<Credentials>& given) {
  RemoteCall call{.method = "POST",
                  .path = RemotePath({"auth", "users", username, "credentials"}),
                  .expected = 201};
  if (given) {
    call.query = RemoteQuery("access_key", given->access_key_id) + "&" +
                 RemoteQuery("secret_key", given->secret_access_key);
  }
  const auto document = client_.Read(call);
  if (document.code() != Code::kWouldBlock) Forget();
  TARN_TRY(document.status());
  TARN_TRY_ASSIGN(RemoteKey made, ReadRemoteKey(*document));
  return std::move(made.credentials);
}

Status RemoteDirectory::CreateKey(const SealedKey& key) {
  TARN_TRY_ASSIGN(const Credentials given, OpenedKey(key));
  return IssueKey(key.username, given).status();
}

Result<SealedKey> RemoteDirectory::GetKey(std::string_view username,
                                          std::string_view access_key_id) {
  TARN_TRY_ASSIGN(
      const Json document,
      client_.Read({.path = RemotePath({"auth", "users", username, "credentials", access_key_id}),
                    .missing = kNoKey}));
  return ReadListedKey(document);
}

Status RemoteDirectory::DeleteKey(std::string_view username, std::string_view access_key_id) {
  return Change({.method = "DELETE",
                 .path = RemotePath({"auth", "users", username, "credentials", access_key_id}),
                 .expected = 204,
                 .missing = kNoKey});
}

}  // namespace tarn::auth
