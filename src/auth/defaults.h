// The groups and policies of a new installation : those of the reference. Level 7; free functions,
// safe on any number of servers.
#pragma once

#include <optional>
#include <string_view>

#include "auth/directory.h"
#include "auth/mode.h"

namespace tarn::auth {

/// The group whose members may do everything.
inline constexpr std::string_view kAdministrators = "Admins";
/// The permission of that group, where groups have one.
inline constexpr std::string_view kAdministration = "Admin";

/// Makes what of them is not there yet; what is there stays as it is. So it can be repeated after a
/// failure.
Status CreateDefaults(Directory& directory, Mode mode, Timestamp now);

/// Name of the policy that is the access control list of a group.
std::string AclPolicyName(std::string_view group);
/// That policy for a permission: "Admin", "Super", "Write", "Read". kInvalidRequest for any other.
Result<StoredPolicy> AclPolicy(std::string_view group, std::string_view permission, Timestamp now);

}  // namespace tarn::auth
