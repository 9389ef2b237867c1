// Writes to a branch's uncommitted changes that cannot be lost to a concurrent commit: the staging
// token is read again after the write, and the write repeated if it has changed. Level 6.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "block/unlinked_object.h"
#include "versioning/context.h"

namespace tarn::versioning {

enum class SetCondition : uint8_t { kNone, kAbsent };

/// Protection, read-only state: before a body is taken, so that no bytes are stored in vain.
Status CheckStagedWrite(Context& context, const refs::Repository& repository,
                        const BranchId& branch, bool force);

/// Stages a value. With kAbsent: kPreconditionFailed when the path exists on the branch. Releases
/// `object`, that of the value, if the value may have been written anywhere, even if the call
/// failed in the end: then it may have become part of a commit, and its object must stay.
Status StageValue(Context& context, const refs::Repository& repository, const BranchId& branch,
                  std::string_view path, ValueView value, SetCondition condition,
                  block::UnlinkedObject* object = nullptr);
/// Stages the absence of a path; a path that does not exist is success.
Status StageDelete(Context& context, const refs::Repository& repository, const BranchId& branch,
                   std::string_view path, bool no_tombstone);
/// Longest batch of StageDeleteMany.
inline constexpr size_t kDeletePathsMax = 1000;
/// One result per path, in order; kPathRequired for an empty one. kBranchNotFound for the whole
/// batch; kInvalidValue over kDeletePathsMax. Writes run in parallel.
Result<std::vector<Status>> StageDeleteMany(Context& context, const refs::Repository& repository,
                                            const BranchId& branch,
                                            std::span<const std::string> paths, bool no_tombstone);

}  // namespace tarn::versioning
