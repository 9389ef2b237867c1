// Keeping the list of a branch's sealed tokens short, and taking records out of it: the sealed
// tokens are replaced by one that holds copies of the records that still count.
//
// A sealed token does not change any more, except for late writers, who find out and write again
// under the staging token. So a copy loses nothing. Level 6; thread-safe functions that wait.
#pragma once

#include <functional>
#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// Tokens that a branch may have sealed before its next seal brings them together.
inline constexpr size_t kSealedTokensMax = 8;

/// True for keys whose records are left out.
using LeaveOut = std::function<bool(std::string_view key)>;

/// Replaces the sealed tokens of a branch by at most one, without the records that are left out;
/// newest wins, tombstones are kept. A commit that is under way builds again. kBranchNotFound;
/// kTooManyTries.
Status CompactSealed(Context& context, const refs::Repository& repository, const BranchId& branch,
                     const LeaveOut& leave_out);

/// Seals the staging token of `branch`, also if it is empty.
void SealStaging(Context& context, const refs::Repository& repository, refs::Branch* branch);

/// True if `list` ends in `end`.
bool EndsWith(const std::vector<StagingToken>& list, const std::vector<StagingToken>& end);

}  // namespace tarn::versioning
