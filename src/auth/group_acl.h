// Access control lists of groups: a permission that stands for a policy of the group's own. Level
// 7; free functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "auth/directory.h"

namespace tarn::auth {

struct GroupAcl {
  std::string permission;  ///< "" for a group without any policy.
  std::string why_none;    ///< Why the policies of the group are no such list, or "".
};

/// kNotFound ("not found") without the group.
Result<GroupAcl> GetGroupAcl(Directory& directory, std::string_view group);
/// Puts the policy of the permission in the place of all that the group has. kInvalidRequest for a
/// permission that there is none of, kNotFound without the group; both change nothing.
Status SetGroupAcl(Directory& directory, std::string_view group, std::string_view permission,
                   Timestamp now);

}  // namespace tarn::auth
