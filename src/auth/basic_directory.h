// One user with one key, who may do everything: "auth.ui_config.rbac: none". Level 7; thread-safe.
#pragma once

#include "auth/directory.h"
#include "kv/store.h"

namespace tarn::auth {

class BasicDirectory : public Directory {
 public:
  /// `kv` outlives it.
  explicit BasicDirectory(kv::Store& kv) : kv_(kv) {}

  Result<std::optional<User>> FindUser(std::string_view username) override;
  Result<std::optional<SealedKey>> FindKey(std::string_view access_key_id) override;
  Status CreateAdministrator(const User& user, const SealedKey& key, Claim claim) override;
  Result<Page<User>> ListUsers(const PageRequest& request) override;
  Status CreateUser(const User& user) override;
  Status DeleteUser(std::string_view username) override;
  Status CreateKey(const SealedKey& key) override;

  /// The one user; nothing before set-up.
  Result<std::optional<User>> TheUser();

 private:
  Status WriteKey(const SealedKey& key);

  kv::Store& kv_;
};

}  // namespace tarn::auth
