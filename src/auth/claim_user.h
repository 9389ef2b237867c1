// The record of a user that a set-up makes. Level 7; thread-safe, safe on any number of servers.
#pragma once

#include <string_view>

#include "auth/directory.h"
#include "kv/store.h"

namespace tarn::auth {

/// Writes the record of a new user. With Claim::kUnended it may replace one that is older than a
/// set-up takes, whose key nobody has seen. kAlreadyExists.
Status ClaimUser(kv::Store& kv, std::string_view partition, std::string_view key, const User& user,
                 Directory::Claim claim);

}  // namespace tarn::auth
