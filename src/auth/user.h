// Who asks, and the keys that prove it. Level 7; values.
#pragma once

#include <string>

#include "base/clock.h"

namespace tarn::auth {

struct User {
  std::string username;
  Timestamp created;
  std::string friendly_name, email, source, external_id;
  /// A hash that other services keep with the user; nobody signs in with it here.
  std::string encrypted_password = {};
  /// Whether the directory says so at all: what it does not say is not shown.
  bool has_friendly_name = true, has_email = true;
  /// E-mail if there is one, else the user name: the committer of records.
  const std::string& committer() const { return email.empty() ? username : email; }
};

struct Credentials {
  std::string access_key_id, secret_access_key;
  Timestamp issued;
};

}  // namespace tarn::auth
