// Branch protection rules: stored as one setting, matched as globs. Level 6.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "versioning/context.h"

namespace tarn::versioning {

enum class BlockedAction : uint8_t { kStagingWrite, kCommit };

struct ProtectionRules {
  std::vector<std::string> patterns;
  std::string checksum;  ///< Hex SHA-256 of the stored bytes; empty when unset.
};

Result<ProtectionRules> GetProtectionRules(Context& context, const refs::Repository& repository);

// Changes of the rules: durable, by compare-and-set; servers see them once their cached rules have
// expired (ProtectionCache). Each pattern blocks staged writes and commits. kReadOnlyRepository;
// kInvalidValue for text that is no pattern.

/// Replaces all rules; with `expected_checksum` only if the stored rules have it:
/// kPreconditionFailed.
Status SetProtectionRules(Context& context, const refs::Repository& repository,
                          std::span<const std::string> patterns,
                          const std::optional<std::string>& expected_checksum);
Status AddProtectionRule(Context& context, const refs::Repository& repository,
                         std::string_view pattern);
/// kNotFound if there is no such pattern.
Status RemoveProtectionRule(Context& context, const refs::Repository& repository,
                            std::string_view pattern);

/// Lets changed rules take effect in this server at once: for a repository that nobody has seen
/// yet.
void ForgetProtectionRules(Context& context, const refs::Repository& repository);

/// kProtectedBranch: "cannot write to protected branch" or "cannot commit to protected branch".
Status CheckUnprotected(Context& context, const refs::Repository& repository,
                        const BranchId& branch, BlockedAction action);

}  // namespace tarn::versioning
