// Branch protection rules: stored as one setting, matched as globs. Level 6.
#pragma once

#include <string>
#include <vector>

#include "versioning/context.h"

namespace tarn::versioning {

enum class BlockedAction : uint8_t { kStagingWrite, kCommit };

struct ProtectionRules {
  std::vector<std::string> patterns;
  std::string checksum;  ///< Hex SHA-256 of the stored bytes; empty when unset.
};

Result<ProtectionRules> GetProtectionRules(Context& context, const refs::Repository& repository);
/// kProtectedBranch: "cannot write to protected branch" or "cannot commit to protected branch".
Status CheckUnprotected(Context& context, const refs::Repository& repository,
                        const BranchId& branch, BlockedAction action);

}  // namespace tarn::versioning
