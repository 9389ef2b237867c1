// What a policy must be before it is kept. Level 7; pure functions.
#pragma once

#include <string_view>

#include "auth/directory.h"
#include "base/result.h"

namespace tarn::auth {

/// Longest name in bytes: two of them fit a key of any store.
inline constexpr size_t kNameBytesMax = 255;
/// Of users, groups, policies and keys. kInvalidRequest: "empty name: validation error", "name
/// contains delimiter /: validation error", "name is longer than 255 bytes: validation error".
Status CheckName(std::string_view name);
/// The name; actions of services that there are, resources that can be named, effects, operators
/// and addresses of conditions. kInvalidRequest "validation error: <what is wrong>".
Status CheckPolicy(const StoredPolicy& policy);

}  // namespace tarn::auth
